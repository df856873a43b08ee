import CSpyreKernels
import SpyreDevice

extension RowKernels {
    /// A mean, a variance, and what is done to each element.
    static func layerNorm(_ context: KernelContext, _ shape: KernelShape) throws -> RowKernel {
        let (rows, columns) = (shape[0], shape[1])
        let input = try context.buffer(context.matrix(rows: rows, columns: columns))
        let weight = try context.buffer(context.row(rows, columns: columns))
        let bias = try context.buffer(context.row(rows + 1, columns: columns))
        let output = try context.output(rows * columns)
        let epsilon: Float = 1e-5
        var desc = spyre_layer_norm_desc()
        desc.epsilon = epsilon
        desc.input = input.span()
        desc.weight = weight.span()
        desc.bias = bias.span()
        desc.output = output.span()
        desc.columns = Int64(columns)
        desc.input_stride = Int64(columns)
        desc.output_stride = Int64(columns)
        desc.rows = spyre_extent_fixed(Int64(rows))
        let bytes = 4 * rows * columns
        return RowKernel(
            work: KernelWork(
                operations: 7 * Double(rows * columns),
                traffic: MemoryTraffic(read: bytes + 8 * columns, written: bytes)),
            buffers: [input, weight, bias, output], run: { try context.run(spyre_stream_layer_norm, &desc) },
            check: {
                var check = KernelCheck(
                    bound: "that of its mean and variance (spyre/ops.h), and gamma(8) of what they are used for")
                let values = try context.floats(output, count: rows * columns)
                check.expectNumbers(values)
                let weights = context.row(rows, columns: columns).map(Double.init)
                let biases = context.row(rows + 1, columns: columns).map(Double.init)
                for row in Sample.indices(of: rows, count: 16) {
                    let x = context.row(row, columns: columns).map(Double.init)
                    let mean = x.reduce(0, +) / Double(columns)
                    let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(columns)
                    let spread = x.reduce(0) { $0 + abs($1 - mean) } / Double(columns)
                    let range = x.map { abs($0 - x[0]) }.max() ?? 0
                    let shift = gamma(columns + 3) * range
                    let power = variance + Double(epsilon)
                    // Half of the relative error of the variance is that of its root.
                    let relative =
                        (2 * shift * spread + shift * shift + gamma(columns + 2) * variance) / power / 2 + gamma(8)
                    for column in 0..<columns {
                        let scale = weights[column] / power.squareRoot()
                        let exact = (x[column] - mean) * scale
                        let bound =
                            (abs(x[column] - mean) * relative + shift * (1 + relative)) * abs(scale)
                            + gamma(2) * (abs(exact) + abs(biases[column]))
                        check.compare(values[row * columns + column], exact + biases[column], within: bound)
                    }
                }
                return check
            })
    }
}
