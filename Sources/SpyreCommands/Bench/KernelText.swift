import SpyreBenchmark

/// Measured kernels as a table, for people.
struct KernelText {
    let rows: [KernelRow]

    var lines: [String] {
        let hasPeers = rows.contains { $0.peer != nil }
        var header = ["op", "type", "shape", "isa", "threads", "time", "lowest", "highest", "Gop/s", "GB/s"]
        header += ["in", "bound by", "of limit", "error"]
        if hasPeers { header.append("vs OpenBLAS") }
        let table = TextTable(
            header: header, rows: rows.map { cells($0) + (hasPeers ? [peer($0)] : []) },
            rightAligned: [4, 5, 6, 7, 8, 9, 12, 13, 14])
        var lines = [""] + table.lines
        if rows.contains(where: { $0.op == "matmul" && $0.dtype == "float32" }) && OpenBLAS.shared == nil {
            lines += ["", OpenBLAS.missing]
        }
        return lines
    }

    private func cells(_ row: KernelRow) -> [String] {
        [
            row.op, row.dtype, row.shape, row.isa, "\(row.threads)", Self.time(row.seconds.median),
            Self.time(row.seconds.minimum), Self.time(row.seconds.maximum), Self.rate(row.gops), Self.rate(row.gbps),
            row.level, row.isMemoryBound ? "memory" : "compute", Self.percent(row.fraction.median),
            Decimals.text(row.check.worst, digits: 3),
        ]
    }

    private func peer(_ row: KernelRow) -> String { row.peer.map { Decimals.text($0.ratio, digits: 2) + "x" } ?? "" }

    static func percent(_ fraction: Double) -> String { Decimals.text(100 * fraction, digits: 1) + "%" }

    private static func rate(_ value: Double) -> String { Decimals.text(value, digits: value < 10 ? 2 : 1) }

    /// `812 ns`, `4.31 us`, `12.4 ms`.
    static func time(_ seconds: Double) -> String {
        let units = [(1e-9, "ns"), (1e-6, "us"), (1e-3, "ms"), (1.0, "s")]
        let unit = units.last { seconds >= $0.0 } ?? units[0]
        let value = seconds / unit.0
        return Decimals.text(value, digits: value < 10 ? 2 : value < 100 ? 1 : 0) + " " + unit.1
    }
}
