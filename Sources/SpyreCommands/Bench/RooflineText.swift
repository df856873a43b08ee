import SpyreBenchmark

/// The limits of a machine as tables, for people.
struct RooflineText {
    let rows: [RooflineRow]

    var lines: [String] { [""] + peaks + [""] + bandwidths + [""] + primitives }

    private static func rate(_ value: Double) -> String { Decimals.text(value * 1e-9, digits: 1) }

    private var peaks: [String] {
        let rows = rows.compactMap { row -> [String]? in
            guard case .peak(let loop, let threads, let rate) = row else { return nil }
            let name = [loop.isa, loop.type.rawValue, "\(threads)"]
            guard let rate else {
                return name + ["-", "-", "-", "not here: the processor lacks \(loop.missing ?? "")"]
            }
            return name + [Self.rate(rate.maximum), Self.rate(rate.median), Self.rate(rate.minimum), loop.instructions]
        }
        return TextTable(
            header: ["isa", "type", "threads", "Gop/s", "median", "lowest", "instructions"], rows: rows,
            rightAligned: [2, 3, 4, 5]
        ).lines
    }

    private var bandwidths: [String] {
        let rows = rows.compactMap { row -> [String]? in
            guard case .bandwidth(let operation, let level, let bytes, let threads, let rate) = row else { return nil }
            return [
                level, operation.rawValue, "\(threads)", Self.rate(rate.maximum), Self.rate(rate.median),
                Self.rate(rate.minimum), Decimals.bytes(bytes),
            ]
        }
        return TextTable(
            header: ["memory", "loop", "threads", "GB/s", "median", "lowest", "size"], rows: rows,
            rightAligned: [2, 3, 4, 5, 6]
        ).lines
    }

    private var primitives: [String] {
        let rows = rows.compactMap { row -> [String]? in
            guard case .primitive(let primitive, let threads, let time) = row else { return nil }
            let nanoseconds = { (value: Double) in Decimals.text(value * 1e9, digits: 0) }
            return [
                primitive.rawValue, "\(threads)", nanoseconds(time.minimum), nanoseconds(time.median),
                nanoseconds(time.maximum),
            ]
        }
        return TextTable(
            header: ["threads together", "threads", "ns", "median", "highest"], rows: rows,
            rightAligned: [1, 2, 3, 4]
        ).lines
    }
}
