import CSpyreKernels
import Foundation

extension RowOp {
    static func softmax(spread: Float) -> RowOp {
        RowOp(
            name: "softmax of \(spread)", aliases: [[nil], [0]], spread: [spread],
            enqueue: { device, operands in
                var desc = descriptor(spyre_softmax_desc.self)
                (desc.input, desc.output) = (operands.inputs[0].span, operands.outputs[0].span)
                (desc.columns, desc.stride, desc.rows) = (
                    operands.columns, Int64(operands.inputs[0].stride), operands.rows
                )
                try device.run(spyre_stream_softmax, desc)
            },
            expected: { rows, _ in [softmax(rows[0])] })
    }

    /// The difference to the maximum rounds once, which exp magnifies by that difference; exp is within 2 ulp; the sum
    /// of n terms, each with those errors, and the quotient follow. A row that is no distribution is NaN.
    static func softmax(_ x: [Float]) -> [Expected] {
        let top = x.max() ?? 0
        guard !x.contains(where: { $0.isNaN || $0 == .infinity }), top.isFinite else {
            return x.map { _ in Expected(value: .nan, error: 0) }
        }
        // Where the difference is more than this, the power is 0.
        let range = x.map { min(Double(top) - Double($0), 105) }.max() ?? 0
        let bound = 2 * (range * unitRoundoff + 4 * unitRoundoff) + gamma(x.count + 2)
        // A power below the normal range has an absolute error instead.
        return Oracle.softmax(x).map { Expected(value: $0, error: bound * $0 + 3 * tiny) }
    }
}
