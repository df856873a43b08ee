import CSpyreKernels
import SpyreDevice

/// Ops that treat every element alike.
enum ElementwiseKernel {
    static func prepare(
        _ context: KernelContext, _ formula: ElementwiseFormula, _ shape: KernelShape
    ) throws -> RowKernel {
        let (rows, columns) = (shape[0], shape[1])
        let a = try context.buffer(context.matrix(rows: rows, columns: columns))
        let b = try context.buffer(context.matrix(rows: rows, columns: columns, from: rows))
        let output = try context.output(rows * columns)
        var desc = spyre_elementwise_desc()
        desc.kind = spyre_elementwise_kind(formula.kind)
        desc.a = a.span()
        if formula.hasSecondOperand { desc.b = b.span() }
        desc.output = output.span()
        desc.columns = Int64(columns)
        desc.a_stride = Int64(columns)
        desc.b_stride = Int64(columns)
        desc.output_stride = Int64(columns)
        desc.rows = spyre_extent_fixed(Int64(rows))
        desc.scale = ElementwiseFormula.scale
        let bytes = 4 * rows * columns
        return RowKernel(
            work: KernelWork(
                operations: formula.operations * Double(rows * columns),
                traffic: MemoryTraffic(read: formula.hasSecondOperand ? 2 * bytes : bytes, written: bytes)),
            buffers: [a, b, output], run: { try context.run(spyre_stream_elementwise, &desc) },
            check: {
                var check = KernelCheck(bound: formula.bound)
                let values = try context.floats(output, count: rows * columns)
                check.expectNumbers(values)
                for row in Sample.indices(of: rows, count: 16) {
                    let x = context.row(row, columns: columns)
                    let y = context.row(rows + row, columns: columns)
                    for column in 0..<columns {
                        let exact = formula.value(Double(x[column]), Double(y[column]))
                        check.compare(
                            values[row * columns + column], exact, within: formula.error(exact, Double(y[column])))
                    }
                }
                return check
            })
    }

    /// float32 to a type of 16 bits, which rounds to nearest.
    static func convert(_ context: KernelContext, _ dtype: String, _ shape: KernelShape) throws -> RowKernel {
        let (rows, columns) = (shape[0], shape[1])
        let isHalf = dtype == "float16"
        let input = try context.buffer(context.matrix(rows: rows, columns: columns))
        let output = try context.output((rows * columns + 1) / 2)
        var desc = spyre_convert_desc()
        desc.input_type = spyre_type(SPYRE_TYPE_F32)
        desc.output_type = spyre_type(isHalf ? SPYRE_TYPE_F16 : SPYRE_TYPE_BF16)
        desc.input = input.span()
        desc.output = output.span()
        desc.columns = Int64(columns)
        desc.input_stride = Int64(columns)
        desc.output_stride = Int64(columns)
        desc.rows = spyre_extent_fixed(Int64(rows))
        return RowKernel(
            work: KernelWork(
                operations: Double(rows * columns),
                traffic: MemoryTraffic(read: 4 * rows * columns, written: 2 * rows * columns)),
            buffers: [input, output], run: { try context.run(spyre_stream_convert, &desc) },
            check: {
                var check = KernelCheck(bound: "the nearest number")
                let bits = try context.stream.read(output, count: rows * columns, as: UInt16(0))
                for row in Sample.indices(of: rows, count: 64) {
                    for (column, value) in context.row(row, columns: columns).enumerated() {
                        let found = bits[row * columns + column]
                        let number = isHalf ? Half.float(found) : Float(bitPattern: UInt32(found) << 16)
                        check.compare(
                            number, Double(isHalf ? Half.rounded(value) : HalfRounding.bfloat16(value)), within: 0)
                    }
                }
                return check
            })
    }
}

/// binary16 by arithmetic that is exact in binary32.
enum Half {
    static func float(_ bits: UInt16) -> Float {
        let (exponent, fraction) = (Int(bits >> 10 & 0x1f), Float(bits & 0x3ff))
        let magnitude =
            exponent == 0
            ? fraction * 0x1p-24
            : exponent == 31 ? (fraction == 0 ? .infinity : .nan) : scale(1024 + fraction, exponent - 25)
        return bits & 0x8000 == 0 ? magnitude : -magnitude
    }

    private static func scale(_ value: Float, _ exponent: Int) -> Float {
        value * Float(sign: .plus, exponent: exponent, significand: 1)
    }

    /// The nearest binary16 of a number below 65504, ties to even.
    static func rounded(_ x: Float) -> Float {
        guard x != 0 else { return x }
        // The distance between neighbours: 2^-10 of the power of two below, 2^-24 at the least.
        let step = scale(1, max(Int(x.exponent) - 10, -24))
        return (x / step).rounded(.toNearestOrEven) * step
    }
}
