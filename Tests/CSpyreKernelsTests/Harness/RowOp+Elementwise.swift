import CSpyreKernels
import Foundation

extension RowOp {
    static var add: RowOp {
        elementwise("add", SPYRE_ELEMENTWISE_ADD, scale: 0.7) { a, b in .bits(a + Float(0.7) * b) }
    }

    static var scale: RowOp {
        elementwise("scale", SPYRE_ELEMENTWISE_SCALE, scale: 0.7) { a, _ in .bits(Float(0.7) * a) }
    }

    static var siluMul: RowOp {
        elementwise("silu_mul", SPYRE_ELEMENTWISE_SILU_MUL, scale: 1, spread: 30, silu)
    }

    /// 3.5 ulp: 2.5 of silu, and the product half an ulp, which an error may double at a power of two. Below -88 the
    /// exponential overflows: less than 3e-37 off, and NaN for -inf.
    static func silu(_ gate: Float, _ up: Float) -> Expected {
        if gate == -.infinity { return Expected(value: .nan, error: 0) }
        let factor = gate == .infinity ? .infinity : Oracle.silu(Double(gate))
        let exact = factor * Double(up)
        // A factor that may be zero, or has lost its last places because it is so small, times anything.
        let absolute = gate < -88 ? 3e-37 : abs(factor) < 0x1p-126 ? 2.5 * tiny : 0
        guard absolute > 0 else { return .ulps(3.5, of: exact) }
        if up.isInfinite, abs(factor) <= absolute { return Expected(value: 0, error: .infinity) }
        return Expected(
            value: exact, error: absolute * abs(Double(up)) + unitInTheLastPlace(exact), size: .infinity)
    }

    private static func elementwise(
        _ name: String, _ kind: Int, scale: Float, spread: Float = 1,
        _ expected: @escaping (Float, Float) -> Expected
    ) -> RowOp {
        let two = kind != SPYRE_ELEMENTWISE_SCALE
        return RowOp(
            name: name, inputs: two ? 2 : 1, aliases: two ? [[nil], [0], [1]] : [[nil], [0]], oneStride: false,
            elementwise: true, spread: [spread],
            enqueue: { device, operands in
                var desc = descriptor(spyre_elementwise_desc.self)
                desc.kind = spyre_elementwise_kind(kind)
                (desc.a, desc.a_stride) = (operands.inputs[0].span, Int64(operands.inputs[0].stride))
                if two { (desc.b, desc.b_stride) = (operands.inputs[1].span, Int64(operands.inputs[1].stride)) }
                (desc.output, desc.output_stride) = (operands.outputs[0].span, Int64(operands.outputs[0].stride))
                (desc.columns, desc.rows, desc.scale) = (operands.columns, operands.rows, scale)
                try device.run(spyre_stream_elementwise, desc)
            },
            expected: { rows, _ in
                [rows[0].indices.map { expected(rows[0][$0], two ? rows[1][$0] : 0) }]
            })
    }
}
