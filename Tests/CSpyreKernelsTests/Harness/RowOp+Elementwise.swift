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

    static var silu: RowOp {
        elementwise("silu", SPYRE_ELEMENTWISE_SILU, scale: 1, spread: 30) { x, _ in siluAlone(x) }
    }

    static var gelu: RowOp {
        elementwise("gelu", SPYRE_ELEMENTWISE_GELU, scale: 1, spread: 6) { x, _ in .ulps(5, of: Oracle.gelu(Double(x)))
        }
    }

    static var geluTanh: RowOp {
        elementwise("gelu_tanh", SPYRE_ELEMENTWISE_GELU_TANH, scale: 1, spread: 6) { x, _ in
            .ulps(5, of: Oracle.geluTanh(Double(x)))
        }
    }

    static var relu: RowOp {
        elementwise("relu", SPYRE_ELEMENTWISE_RELU, scale: 1) { x, _ in .bits(x < 0 ? 0 : x) }
    }

    static func siluAlone(_ x: Float) -> Expected {
        x >= -88 && x.isFinite ? .ulps(2.5, of: Oracle.silu(Double(x))) : silu(x, 1)
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
        let two = [SPYRE_ELEMENTWISE_ADD, SPYRE_ELEMENTWISE_SILU_MUL].contains(kind)
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
