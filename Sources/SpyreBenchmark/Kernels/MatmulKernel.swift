import CSpyreKernels
import SpyreDevice

/// `output[M][N] = input[M][K] . W[N][K]^T`.
final class MatmulKernel: PreparedKernel {
    let work: KernelWork
    private let context: KernelContext
    private let weights: WeightRows
    private let rows: Int
    private let image: Buffer
    private let input: Buffer
    private let output: Buffer
    private var desc = spyre_matmul_desc()

    init(_ context: KernelContext, _ format: WeightFormat, _ shape: KernelShape) throws {
        self.context = context
        rows = shape[0]
        let (outputs, columns) = (shape[1], shape[2])
        weights = WeightRows(format, outputs: outputs, columns: columns)
        let key = "\(format.name) \(outputs)x\(columns)"
        if let kept = context.weights, kept.key == key {
            image = kept.image
        } else {
            context.weights = nil
            image = try weights.pack(context)
            context.weights = (key, image)
        }
        input = try context.buffer(context.matrix(rows: rows, columns: columns))
        output = try context.output(rows * outputs)
        work = Self.work(format, shape)
        desc.weight_type = spyre_type(format.code)
        desc.weight = image.span()
        desc.outputs = Int64(outputs)
        desc.columns = Int64(columns)
        desc.rows = spyre_extent_fixed(Int64(rows))
        desc.input = input.span()
        desc.input_stride = Int64(columns)
        desc.output = output.span()
        desc.output_stride = Int64(outputs)
        desc.scale = 1
    }

    static func work(_ format: WeightFormat, _ shape: KernelShape) -> KernelWork {
        let (rows, outputs, columns) = (shape[0], shape[1], shape[2])
        return KernelWork(
            operations: 2 * Double(rows) * Double(outputs) * Double(columns),
            traffic: MemoryTraffic(
                read: format.imageBytes(outputs: outputs, columns: columns) + 4 * rows * columns,
                written: 4 * rows * outputs),
            type: format.rounding.type)
    }

    func run() throws { try context.run(spyre_stream_matmul, &desc) }

    /// Some rows against some columns: the first and the last ones, and what is spread between them.
    func check() throws -> KernelCheck {
        var check = KernelCheck(bound: weights.format.rounding.bound)
        let values = try context.floats(output, count: rows * weights.outputs)
        check.expectNumbers(values)
        let inputs = Sample.indices(of: rows, count: 4).map { row in
            (row, context.row(row, columns: weights.columns).map(Double.init))
        }
        for column in Sample.indices(of: weights.outputs, count: 160) {
            let weight = try weights.decoded(column)
            let magnitude = weight.reduce(0) { $0 + abs($1) }
            for (row, input) in inputs {
                var (exact, sizes, greatest) = (0.0, 0.0, 0.0)
                for k in 0..<weights.columns {
                    let product = weight[k] * input[k]
                    exact += product
                    sizes += abs(product)
                    greatest = max(greatest, abs(input[k]))
                }
                let bound = weights.format.rounding.error(
                    columns: weights.columns, sizes: sizes, weights: magnitude, greatestInput: greatest)
                check.compare(values[row * weights.outputs + column], exact, within: bound)
            }
        }
        return check
    }

    func peer() throws -> (any KernelPeer)? {
        guard weights.format.source == .float32, let library = OpenBLAS.shared else { return nil }
        var matrix: [Float] = []
        matrix.reserveCapacity(weights.outputs * weights.columns)
        for row in 0..<weights.outputs {
            weights.bytes(row).withUnsafeBytes { matrix += $0.bindMemory(to: Float.self) }
        }
        return OpenBLASProduct(
            library, threads: context.threads, rows: rows, outputs: weights.outputs, columns: weights.columns,
            input: context.matrix(rows: rows, columns: weights.columns), weights: matrix)
    }
}
