/// What a matrix product makes of the activations before it multiplies, by weight type. Written from the definition in
/// ops.h, without regard to how the kernels do it.
enum Preparation: Sendable {
    case exact
    /// Nearest bfloat16, ties to even.
    case bfloat16
    /// int8 with one scale, max|x| / 127, for every `block` activations.
    case int8(block: Int)

    /// An activation as the kernel may have it: `value`, or up to `slack` beside it.
    struct Activation {
        var value: Double
        var slack: Double
    }

    func callAsFunction(_ row: [Float]) -> [Activation] {
        switch self {
        case .exact: row.map { Activation(value: Double($0), slack: 0) }
        case .bfloat16: row.map(Self.bfloat16)
        case .int8(let block):
            stride(from: 0, to: row.count, by: block).flatMap { start in
                Self.int8(row[start..<min(start + block, row.count)])
            }
        }
    }

    /// With a second term. bfloat16: what the first left over of those 8 elements that lost most, of equal ones from the
    /// first. int8: the second is to all that the first left over as the first is to the row; where a tie of the first
    /// may go either way, so may the second, and together they stay within the second's last place.
    func twice(_ row: [Float]) -> [Activation] {
        switch self {
        case .exact: return self(row)
        case .bfloat16: return Self.withRemainders(row)
        case .int8: break
        }
        let first = self(row)
        let rest = zip(row, first).map { $0 - Float($1.value) }
        return zip(first, zip(rest, self(rest))).map { first, second in
            // A tie goes either way by half a step, and what is left over is half a step then.
            let value = first.value + second.1.value
            let off = abs(Double(second.0) - second.1.value)
            return Activation(value: value, slack: first.slack > 0 ? off + first.slack / 127 : second.1.slack)
        }
    }

    private static func withRemainders(_ row: [Float]) -> [Activation] {
        var activations = row.map(bfloat16)
        let rest = zip(row, activations).map { $0 - Float($1.value) }
        let order = rest.indices.filter { rest[$0].isFinite }.sorted { a, b in
            abs(rest[a]) == abs(rest[b]) ? a < b : abs(rest[a]) > abs(rest[b])
        }
        for k in order.prefix(8) {
            let second = bfloat16(rest[k])
            activations[k].value += second.value
            activations[k].slack = max(activations[k].slack, second.slack)
        }
        return activations
    }

    private static func bfloat16(_ x: Float) -> Activation {
        let value = Double(Oracle.float(bfloat16: Oracle.bfloat16(x)))
        // AVX-512 takes subnormal numbers for 0.
        return Activation(value: value, slack: abs(value) < 0x1p-126 ? abs(value) : 0)
    }

    private static func int8(_ block: ArraySlice<Float>) -> [Activation] {
        guard block.allSatisfy(\.isFinite) else { return block.map { _ in Activation(value: .nan, slack: 0) } }
        let largest = block.map(abs).max() ?? 0
        let scale = Double(largest / 127)
        return block.map { x in
            // The inverse of a scale this small is no number of float32; such a block may count as zero.
            if largest < 0x1p-121 { return Activation(value: Double(x), slack: abs(Double(x)) + scale) }
            let exact = Double(x) * 127 / Double(largest)
            let quant = exact.rounded(.toNearestOrEven)
            // A quotient next to a tie may have been rounded onto either side of it.
            let tie = abs(abs(exact - quant) - 0.5) < 1e-4
            return Activation(value: scale * quant, slack: tie ? scale : 0)
        }
    }
}
