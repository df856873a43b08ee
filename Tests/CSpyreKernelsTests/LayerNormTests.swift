import CSpyreKernels
import Testing

/// LayerNorm against float64.
@Suite struct LayerNormTests {
    static func run(
        _ device: Device, _ x: [Float], columns: Int, weight: [Float], bias: [Float]?, inPlace: Bool = false
    ) throws -> [[Float]] {
        let rows = x.count / columns
        let input = try Matrix(device, x, columns: columns, stride: columns + 1)
        let output = inPlace ? input : try Matrix(device, rows: rows, columns: columns, stride: columns + 3)
        var desc = descriptor(spyre_layer_norm_desc.self)
        desc.epsilon = 1e-5
        desc.input = input.span
        desc.weight = try device.span(weight)
        if let bias { desc.bias = try device.span(bias) }
        desc.output = output.span
        desc.columns = Int64(columns)
        desc.input_stride = Int64(input.stride)
        desc.output_stride = Int64(output.stride)
        desc.rows = spyre_extent_fixed(Int64(rows))
        try device.run(spyre_stream_layer_norm, desc)
        return try output.read(device)
    }

    /// Exact results, and the bound that the header states carried through the quotient, the product and the sum.
    static func exact(_ x: [Float], weight: [Float], bias: [Float]?) -> [Expected] {
        let n = x.count
        let mean = x.reduce(0) { $0 + Double($1) } / Double(n)
        let centred = x.map { Double($0) - mean }
        let size = centred.reduce(0) { $0 + abs($1) } / Double(n)
        let variance = centred.reduce(0) { $0 + $1 * $1 } / Double(n) + Double(Float(1e-5))
        let range = x.map { abs(Double($0) - Double(x[0])) }.max() ?? 0
        // Squares that overflow leave nothing to hold.
        guard !range.isFinite || range * range * Double(n) < Double(Float.greatestFiniteMagnitude) else {
            return x.map { _ in Expected(value: 0, error: .infinity) }
        }
        let e = gamma(n + 3) * range
        let varianceError = (2 * e * size + e * e) * (1 + gamma(n + 2)) / variance + gamma(n + 2)
        // The reciprocal of the root: half the relative error, and roundings of its own.
        let rootError = varianceError / (2 * (1 - min(varianceError, 0.5))) + 3 * unitRoundoff
        return x.indices.map { i in
            let y = centred[i] / variance.squareRoot()
            let error = (e / variance.squareRoot() + abs(y) * rootError) * (1 + 4 * unitRoundoff)
            let b = bias.map { Double($0[i]) } ?? 0
            let value = y * Double(weight[i]) + b
            let bound = abs(Double(weight[i])) * (error + 3 * unitRoundoff * abs(y)) + 2 * unitRoundoff * abs(value)
            // What is too small to be normal loses its last places before the weight is multiplied.
            return Expected(value: value, error: bound + tiny * (2 + abs(Double(weight[i]))), size: .infinity)
        }
    }

    @Test(arguments: Device.runnable, [false, true])
    func everyElementIsWithinTheBound(isa: String, inPlace: Bool) throws {
        for edge in Device.Edge.allCases {
            let device = try Device(isa: isa, edge: edge)
            var random = SplitMix64(seed: 33)
            for columns in Array(1...40) + [63, 64, 65, 127, 128, 129, 577] {
                let (weight, bias) = (random.floats(columns), random.floats(columns))
                // The second and third rows have a mean that is 10^4 and 10^6 times their spread.
                let x = (0..<4).flatMap { row in
                    random.floats(columns).map { $0 * (row == 3 ? 1e-12 : 1) + [0, 1e4, -1e6, 0][row] }
                }
                let bias_ = columns % 3 == 0 ? nil : bias
                let got = try Self.run(device, x, columns: columns, weight: weight, bias: bias_, inPlace: inPlace)
                for (r, row) in got.enumerated() {
                    let exact = Self.exact(Array(x[r * columns..<(r + 1) * columns]), weight: weight, bias: bias_)
                    for (got, exact) in zip(row, exact) {
                        #expect(abs(Double(got) - exact.value) <= exact.error, "row \(r) of \(columns) columns")
                    }
                }
            }
        }
    }

    @Test(arguments: Device.runnable)
    func aRowIsTheSameAloneAndInABatch(isa: String) throws {
        let device = try Device(isa: isa, threads: 3)
        var random = SplitMix64(seed: 34)
        let columns = 131
        let (x, weight, bias) = (random.floats(7 * columns), random.floats(columns), random.floats(columns))
        let all = try Self.run(device, x, columns: columns, weight: weight, bias: bias)
        for row in 0..<7 {
            let one = Array(x[row * columns..<(row + 1) * columns])
            #expect(try Self.run(device, one, columns: columns, weight: weight, bias: bias)[0] == all[row])
        }
        // All equal: the variance is 0 and the bias is left; a NaN spoils its own row only.
        let flat = [Float](repeating: 3.7, count: columns)
        #expect(try Self.run(device, flat, columns: columns, weight: weight, bias: bias)[0] == bias)
        var spoilt = x
        spoilt[columns + 5] = .nan
        let rows = try Self.run(device, spoilt, columns: columns, weight: weight, bias: bias)
        #expect(rows[1].allNaN && rows[0] == all[0] && rows[2] == all[2])
    }
}
