import CSpyreKernels
import Testing

/// RMSNorm against float64.
@Suite struct NormTests {
    static let columnCounts = [1, 2, 7, 8, 15, 16, 17, 63, 64, 65, 127, 576]

    /// The sum of n squares is within gamma(n) and the root halves that; the quotients, the mean and two products
    /// round once each.
    static func bound(_ columns: Int) -> Double { gamma(columns) / 2 + gamma(6) }

    @Test(arguments: Device.runnable)
    func everyElementIsWithinTheBound(isa: String) throws {
        for edge in Device.Edge.allCases {
            let device = try Device(isa: isa, edge: edge)
            var random = SplitMix64(seed: 31)
            for (rows, columns) in zip([1, 2, 3, 1, 5, 1, 2, 1, 3, 2, 1, 4], Self.columnCounts) {
                let stride = columns + rows % 3
                // Rows of very different sizes.
                let x = (0..<rows).flatMap { row in random.floats(columns).map { $0 * [1, 1e-12, 1e12][row % 3] } }
                let weight = random.floats(columns)
                let output = try Matrix(device, rows: rows, columns: columns, stride: stride)
                var desc = descriptor(spyre_rms_norm_desc.self)
                desc.epsilon = 1e-6
                desc.input = try Matrix(device, x, columns: columns, stride: stride).span
                desc.weight = try device.span(weight)
                desc.output = output.span
                desc.columns = Int64(columns)
                desc.stride = Int64(stride)
                desc.rows = spyre_extent_fixed(Int64(rows))
                try device.run(spyre_stream_rms_norm, desc)
                for (r, row) in try output.read(device).enumerated() {
                    let source = x[r * columns..<(r + 1) * columns].map(Double.init)
                    let exact = Oracle.rmsNorm(source, weight: weight, epsilon: desc.epsilon)
                    for (got, exact) in zip(row, exact) {
                        #expect(abs(Double(got) - exact) <= Self.bound(columns) * abs(exact), "\(rows)x\(columns)")
                    }
                }
            }
        }
    }

    /// The sum rounds its product and itself, and the norm is that of the rounded sum.
    @Test(arguments: Device.runnable, [true, false])
    func theResidualIsAddedFirst(isa: String, inPlace: Bool) throws {
        let device = try Device(isa: isa)
        var random = SplitMix64(seed: 32)
        let (rows, columns, stride) = (3, 67, 70)
        let (x, y) = (random.floats(rows * columns), random.floats(rows * columns))
        let weight = random.floats(columns)
        let input = try Matrix(device, x, columns: columns, stride: stride)
        let sum = inPlace ? input : try Matrix(device, rows: rows, columns: columns, stride: stride)
        let output = try Matrix(device, rows: rows, columns: columns, stride: stride)
        var desc = descriptor(spyre_rms_norm_desc.self)
        desc.epsilon = 1e-5
        desc.input = input.span
        desc.residual = try Matrix(device, y, columns: columns, stride: stride).span
        desc.residual_scale = 0.3
        desc.sum = sum.span
        desc.weight = try device.span(weight)
        desc.output = output.span
        desc.columns = Int64(columns)
        desc.stride = Int64(stride)
        desc.rows = spyre_extent_fixed(Int64(rows))
        try device.run(spyre_stream_rms_norm, desc)
        let sums = try sum.read(device)
        #expect(sums.flatMap(\.self) == zip(x, y).map { $0 + desc.residual_scale * $1 })
        for (sum, row) in zip(sums, try output.read(device)) {
            let exact = Oracle.rmsNorm(sum.map(Double.init), weight: weight, epsilon: desc.epsilon)
            for (got, exact) in zip(row, exact) {
                #expect(abs(Double(got) - exact) <= Self.bound(columns) * abs(exact))
            }
        }
    }
}
