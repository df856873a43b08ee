import CSpyreKernels

extension RowOp {
    /// A row whose squares add up to more than float32 holds is divided by infinity.
    static func normalised(_ xs: [Double], weight: [Float]) -> [Expected] {
        let squares = xs.reduce(0) { $0 + $1 * $1 }
        let overflows = squares.isFinite && squares > Double(Float.greatestFiniteMagnitude)
        let factor = overflows ? 0 : 1 / (squares / Double(xs.count) + 1e-5).squareRoot()
        return zip(xs, weight).map { x, w in
            let exact = x * factor * Double(w)
            // What is too small to be normal loses its last places before the weight is multiplied.
            let error = Oracle.rmsNormBound(xs.count) * abs(exact) + tiny * (2 + abs(Double(w)))
            return Expected(value: exact, error: error)
        }
    }

    static var rmsNorm: RowOp {
        RowOp(
            name: "rms_norm", parameters: 1,
            enqueue: { device, operands in
                try device.run(spyre_stream_rms_norm, normDescriptor(operands))
            },
            expected: { rows, parameters in [normalised(rows[0].map(Double.init), weight: parameters[0])] })
    }

    /// The sum rounds its product and itself, and the norm is that of the rounded sum.
    static var rmsNormOfSum: RowOp {
        RowOp(
            name: "rms_norm of a sum", inputs: 2, parameters: 1, outputs: 2, aliases: [[nil, nil], [nil, 0]],
            enqueue: { device, operands in
                var desc = normDescriptor(operands)
                desc.residual = operands.inputs[1].span
                desc.residual_scale = 0.3
                desc.sum = operands.outputs[1].span
                try device.run(spyre_stream_rms_norm, desc)
            },
            expected: { rows, parameters in
                let sum = zip(rows[0], rows[1]).map { $0 + Float(0.3) * $1 }
                return [normalised(sum.map(Double.init), weight: parameters[0]), sum.map(Expected.bits)]
            })
    }

    static func layerNorm(bias: Bool) -> RowOp {
        RowOp(
            name: bias ? "layer_norm" : "layer_norm without bias", parameters: bias ? 2 : 1, aliases: [[nil], [0]],
            oneStride: false,
            enqueue: { device, operands in
                var desc = descriptor(spyre_layer_norm_desc.self)
                desc.epsilon = 1e-5
                (desc.input, desc.input_stride) = (operands.inputs[0].span, Int64(operands.inputs[0].stride))
                (desc.output, desc.output_stride) = (operands.outputs[0].span, Int64(operands.outputs[0].stride))
                desc.weight = operands.parameters[0]
                if bias { desc.bias = operands.parameters[1] }
                (desc.columns, desc.rows) = (operands.columns, operands.rows)
                try device.run(spyre_stream_layer_norm, desc)
            },
            expected: { rows, parameters in
                [LayerNormTests.exact(rows[0], weight: parameters[0], bias: bias ? parameters[1] : nil)]
            })
    }

    private static func normDescriptor(_ operands: Operands) -> spyre_rms_norm_desc {
        var desc = descriptor(spyre_rms_norm_desc.self)
        desc.epsilon = 1e-5
        desc.input = operands.inputs[0].span
        desc.weight = operands.parameters[0]
        desc.output = operands.outputs[0].span
        (desc.columns, desc.stride, desc.rows) = (operands.columns, Int64(operands.inputs[0].stride), operands.rows)
        return desc
    }
}
