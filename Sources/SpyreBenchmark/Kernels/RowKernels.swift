import CSpyreKernels
import Foundation
import SpyreDevice

/// An op over rows that one closure enqueues and another checks: what they share is little.
final class RowKernel: PreparedKernel {
    let work: KernelWork
    /// Descriptors name buffers without keeping them alive.
    private let buffers: [Buffer]
    private let enqueue: () throws -> Void
    private let compare: () throws -> KernelCheck

    init(
        work: KernelWork, buffers: [Buffer], run: @escaping () throws -> Void,
        check: @escaping () throws -> KernelCheck
    ) {
        self.work = work
        self.buffers = buffers
        enqueue = run
        compare = check
    }

    func run() throws { try enqueue() }
    func check() throws -> KernelCheck { try compare() }
}

/// Ops over rows; shapes are rows x columns.
enum RowKernels {
    private static func extent(_ rows: Int) -> spyre_extent { spyre_extent_fixed(Int64(rows)) }

    /// A square, an addition, a division of the row, and two multiplications.
    static func rmsNorm(_ context: KernelContext, _ shape: KernelShape) throws -> RowKernel {
        let (rows, columns) = (shape[0], shape[1])
        let input = try context.buffer(context.matrix(rows: rows, columns: columns))
        let weight = try context.buffer(context.row(rows, columns: columns))
        let output = try context.output(rows * columns)
        var desc = spyre_rms_norm_desc()
        desc.epsilon = 1e-5
        desc.input = input.span()
        desc.weight = weight.span()
        desc.output = output.span()
        desc.columns = Int64(columns)
        desc.stride = Int64(columns)
        desc.rows = extent(rows)
        let bytes = 4 * rows * columns
        return RowKernel(
            work: KernelWork(
                operations: 4 * Double(rows * columns),
                traffic: MemoryTraffic(read: bytes + 4 * columns, written: bytes)),
            buffers: [input, weight, output], run: { try context.run(spyre_stream_rms_norm, &desc) },
            check: {
                var check = KernelCheck(bound: "(gamma(C) / 2 + gamma(6)) |y|")
                let values = try context.floats(output, count: rows * columns)
                check.expectNumbers(values)
                let weights = context.row(rows, columns: columns)
                for row in Sample.indices(of: rows, count: 16) {
                    let x = context.row(row, columns: columns).map(Double.init)
                    let mean = x.reduce(0) { $0 + $1 * $1 } / Double(columns)
                    let scale = 1 / (mean + Double(Float(1e-5))).squareRoot()
                    for column in 0..<columns {
                        let exact = x[column] * scale * Double(weights[column])
                        check.compare(
                            values[row * columns + column], exact,
                            within: (gamma(columns) / 2 + gamma(6)) * abs(exact))
                    }
                }
                return check
            })
    }

    static func softmax(_ context: KernelContext, _ shape: KernelShape) throws -> RowKernel {
        let (rows, columns) = (shape[0], shape[1])
        let input = try context.buffer(context.matrix(rows: rows, columns: columns).map { 8 * $0 })
        let output = try context.output(rows * columns)
        var desc = spyre_softmax_desc()
        desc.input = input.span()
        desc.output = output.span()
        desc.columns = Int64(columns)
        desc.stride = Int64(columns)
        desc.rows = extent(rows)
        let bytes = 4 * rows * columns
        return RowKernel(
            // A comparison, a subtraction, exp (a polynomial of degree 5 and what is round it: 16), a sum, a product.
            work: KernelWork(
                operations: 20 * Double(rows * columns), traffic: MemoryTraffic(read: bytes, written: bytes)),
            buffers: [input, output], run: { try context.run(spyre_stream_softmax, &desc) },
            check: {
                var check = KernelCheck(bound: "(2 (S u + 4 u) + gamma(C + 2)) |y|, S the largest max(x) - x")
                let values = try context.floats(output, count: rows * columns)
                check.expectNumbers(values)
                for row in Sample.indices(of: rows, count: 16) {
                    let x = context.row(row, columns: columns).map { 8 * Double($0) }
                    let (top, least) = (x.max() ?? 0, x.min() ?? 0)
                    let powers = x.map { exp($0 - top) }
                    let sum = powers.reduce(0, +)
                    let relative = 2 * ((top - least) * 0x1p-24 + 4 * 0x1p-24) + gamma(columns + 2)
                    for column in 0..<columns {
                        let exact = powers[column] / sum
                        check.compare(values[row * columns + column], exact, within: relative * exact + 0x1p-147)
                    }
                }
                return check
            })
    }

    /// Rows x heads x head size; every pair is turned in place.
    static func rope(_ context: KernelContext, layout: Int, _ shape: KernelShape) throws -> RowKernel {
        let (rows, heads, headSize) = (shape[0], shape[1], shape[2])
        let (width, positions) = (heads * headSize, rows)
        let input = context.matrix(rows: rows, columns: width)
        let data = try context.buffer(input)
        var angles: [Float] = []
        for position in 0..<positions {
            for pair in 0..<headSize / 2 {
                let angle = Double(position) * pow(10_000, -2 * Double(pair) / Double(headSize))
                angles += [Float(cos(angle)), Float(sin(angle))]
            }
        }
        let table = try context.buffer(angles)
        let places = try context.buffer((0..<rows).map { Int32($0) })
        var desc = spyre_rope_desc()
        desc.layout = spyre_rope_layout(layout)
        desc.data = data.span()
        desc.stride = Int64(width)
        desc.heads = Int64(heads)
        desc.head_size = Int64(headSize)
        desc.positions = places.span()
        desc.table = table.span()
        desc.table_positions = Int64(positions)
        desc.rows = extent(rows)
        return RowKernel(
            work: KernelWork(
                operations: 3 * Double(rows * width),
                traffic: MemoryTraffic(read: 4 * angles.count + 4 * rows, updated: 4 * rows * width)),
            buffers: [data, table, places], run: { try context.run(spyre_stream_rope, &desc) },
            check: {
                var check = KernelCheck(bound: "gamma(2) (|a cos| + |b sin|)")
                // Each run turned what the one before left; one run on the input itself is compared.
                try context.stream.write(input, to: data)
                try context.run(spyre_stream_rope, &desc)
                let values = try context.floats(data, count: rows * width)
                check.expectNumbers(values)
                let half = headSize / 2
                for row in Sample.indices(of: rows, count: 16) {
                    for head in 0..<heads {
                        let start = row * width + head * headSize
                        for pair in 0..<half {
                            let isSplit = layout == SPYRE_ROPE_HALF_SPLIT
                            let (i, j) = isSplit ? (pair, pair + half) : (2 * pair, 2 * pair + 1)
                            let cosine = Double(angles[row * headSize + 2 * pair])
                            let sine = Double(angles[row * headSize + 2 * pair + 1])
                            let (a, b) = (Double(input[start + i]), Double(input[start + j]))
                            check.compare(
                                values[start + i], a * cosine - b * sine,
                                within: gamma(2) * (abs(a * cosine) + abs(b * sine)) + 0x1p-149)
                            check.compare(
                                values[start + j], a * sine + b * cosine,
                                within: gamma(2) * (abs(a * sine) + abs(b * cosine)) + 0x1p-149)
                        }
                    }
                }
                return check
            })
    }

    /// Rows x vocabulary x columns: rows of a weight image, expanded.
    static func embedding(_ context: KernelContext, _ format: WeightFormat, _ shape: KernelShape) throws -> RowKernel {
        let (rows, vocabulary, columns) = (shape[0], shape[1], shape[2])
        let weights = WeightRows(format, outputs: vocabulary, columns: columns)
        let image = try weights.pack(context)
        var random = RandomValues(seed: 3)
        let ids = (0..<rows).map { _ in Int32(random.index(below: vocabulary)) }
        let indices = try context.buffer(ids)
        let output = try context.output(rows * columns)
        let rowBytes = format.rowBytes(columns) + (format.hasRowScales ? 4 : 0)
        var desc = spyre_embedding_desc()
        desc.table_type = spyre_type(format.code)
        desc.table = image.span()
        desc.vocabulary = Int64(vocabulary)
        desc.columns = Int64(columns)
        desc.ids = indices.span()
        desc.rows = extent(rows)
        desc.output = output.span()
        desc.output_stride = Int64(columns)
        desc.scale = 1
        return RowKernel(
            work: KernelWork(
                operations: Double(rows * columns),
                traffic: MemoryTraffic(read: rows * rowBytes + 4 * rows, written: 4 * rows * columns)),
            buffers: [image, indices, output], run: { try context.run(spyre_stream_embedding, &desc) },
            check: {
                var check = KernelCheck(bound: "equal")
                let values = try context.floats(output, count: rows * columns)
                check.expectNumbers(values)
                for row in Sample.indices(of: rows, count: 16) {
                    for (column, exact) in try weights.decoded(Int(ids[row])).enumerated() {
                        check.compare(values[row * columns + column], exact, within: 0)
                    }
                }
                return check
            })
    }

    /// Rows x columns x count.
    static func topK(_ context: KernelContext, _ shape: KernelShape) throws -> RowKernel {
        let (rows, columns, count) = (shape[0], shape[1], shape[2])
        let input = try context.buffer(context.matrix(rows: rows, columns: columns))
        let values = try context.output(rows * count)
        let indices = try context.output(rows * count)
        var desc = spyre_top_k_desc()
        desc.count = Int32(count)
        desc.input = input.span()
        desc.columns = Int64(columns)
        desc.stride = Int64(columns)
        desc.rows = extent(rows)
        desc.values = values.span()
        desc.indices = indices.span()
        return RowKernel(
            // A comparison of each.
            work: KernelWork(
                operations: Double(rows * columns),
                traffic: MemoryTraffic(read: 4 * rows * columns, written: 8 * rows * count)),
            buffers: [input, values, indices], run: { try context.run(spyre_stream_top_k, &desc) },
            check: {
                var check = KernelCheck(bound: "equal")
                let found = try context.stream.read(indices, count: rows * count, as: Int32(0))
                let largest = try context.floats(values, count: rows * count)
                for row in Sample.indices(of: rows, count: 8) {
                    let x = context.row(row, columns: columns)
                    let order = x.indices.sorted { x[$0] == x[$1] ? $0 < $1 : x[$0] > x[$1] }.prefix(count)
                    check.expectEqual(Array(found[row * count..<(row + 1) * count]), order.map(Int32.init))
                    for (place, index) in order.enumerated() {
                        check.compare(largest[row * count + place], Double(x[index]), within: 0)
                    }
                }
                return check
            })
    }
}
