import CSpyreKernels
import Testing

/// The optional parts of a matrix product, in every combination that the seed comes upon: norm, gather, bias, gate,
/// scale, residual (apart and in place), fewer result columns, odd sizes and row strides.
@Suite struct MatmulEpilogueTests {
    struct Case {
        var rows: Int, outputs: Int, columns: Int
        var gated: Bool, bias: Bool, norm: Bool, gather: Bool
        var residual: Residual
        var resultColumns: Int
        var scale: Float
        /// Terms of an activation.
        var terms: Int32

        enum Residual: CaseIterable { case none, apart, inPlace }

        var results: Int { resultColumns != 0 ? resultColumns : gated ? outputs / 2 : outputs }

        init(quantised: Bool, using random: inout SplitMix64) {
            rows = Int.random(in: 1...14, using: &random)
            gated = Bool.random(using: &random)
            outputs =
                gated ? [64, 128, 192].randomElement(using: &random) ?? 64 : Int.random(in: 1...200, using: &random)
            columns = quantised ? 32 * Int.random(in: 1...4, using: &random) : Int.random(in: 1...130, using: &random)
            bias = Bool.random(using: &random)
            norm = Bool.random(using: &random)
            gather = Bool.random(using: &random)
            residual = Residual.allCases.randomElement(using: &random) ?? .none
            scale = Bool.random(using: &random) ? 1 : 0.22
            terms = Int32.random(in: 0...2, using: &random)
            resultColumns = 0
            if Bool.random(using: &random) { resultColumns = Int.random(in: 1...results, using: &random) }
        }
    }

    /// A value and how far the library may be from it.
    struct Bounded {
        var value: Double
        var error: Double

        func rounded(_ times: Int = 1) -> Bounded {
            Bounded(value: value, error: error + gamma(times) * (abs(value) + error))
        }
        static func + (a: Bounded, b: Bounded) -> Bounded {
            Bounded(value: a.value + b.value, error: a.error + b.error).rounded()
        }
        static func * (a: Bounded, b: Bounded) -> Bounded {
            let error = a.error * (abs(b.value) + b.error) + abs(a.value) * b.error
            return Bounded(value: a.value * b.value, error: error).rounded()
        }
        /// The slope of silu is below 1.1, and its own error below 4 ulp.
        var silu: Bounded { Bounded(value: Oracle.silu(value), error: 1.1 * error).rounded(8) }
    }

    /// One element before the epilogue, from a row of input and its own error.
    static func dot(_ x: [Bounded], inputError: Double, _ weight: MatmulTests.Weight, _ output: Int) -> Bounded {
        let (relative, step) = (weight.type == SPYRE_TYPE_BF16, inputError)
        var value = 0.0, sizes = 0.0, prepared = 0.0
        weight.values.withUnsafeBufferPointer { values in
            for k in x.indices {
                let (w, x, error) = (values[output * weight.columns + k], x[k].value, x[k].error)
                value += w * x
                sizes += abs(w) * (abs(x) + error)
                // A scale of quants moves with the largest value, whose relative error is that of the others.
                prepared += abs(w) * ((relative ? step * abs(x) : step) + 2 * error)
            }
        }
        return Bounded(value: value, error: gamma(weight.columns + 8) * (sizes + 32 * prepared) + prepared + 1e-30)
    }

    static func expected(
        _ c: Case, _ weight: MatmulTests.Weight, input: [Float], index: [Int32], bias: [Float], norm: [Float],
        residual: [Float]
    ) -> [[Bounded?]] {
        (0..<c.rows).map { row in
            let source = (c.gather ? Int(index[row]) : row) * c.columns
            var x = input[source..<source + c.columns].map { Bounded(value: Double($0), error: 0) }
            if c.norm {
                let y = Oracle.rmsNorm(x.map(\.value), weight: norm, epsilon: 1e-5)
                x = y.map { Bounded(value: $0, error: NormTests.bound(c.columns) * abs($0)) }
            }
            let inputError = MatmulTests.inputError(
                weight.type, x.map { Float($0.value) }[...], terms: c.terms)
            func element(_ column: Int) -> Bounded {
                let product = dot(x, inputError: inputError, weight, column)
                return c.bias ? product + Bounded(value: Double(bias[column]), error: 0) : product
            }
            return (0..<c.results).map { result in
                // Every third element, and the edges: the oracle is slow.
                guard (row + result) % 3 == 0 || result + 2 > c.results || result % 32 < 1 else { return nil }
                // Pair j lies in panel j / 32: 32 columns of gates, then their 32 of up.
                let gate = result / 32 * 64 + result % 32
                var z = c.gated ? element(gate).silu * element(gate + 32) : element(result)
                z = z * Bounded(value: Double(c.scale), error: 0)
                guard c.residual != .none else { return z }
                return z + Bounded(value: Double(residual[row * c.results + result]), error: 0)
            }
        }
    }

    @Test(arguments: Device.runnable, [SPYRE_TYPE_F32, SPYRE_TYPE_BF16, SPYRE_TYPE_Q8_0, SPYRE_TYPE_Q4_1])
    func everyCombinationIsWithinTheBound(isa: String, type: Int) throws {
        var random = SplitMix64(seed: 81)
        for number in 0..<16 {
            let device = try Device(isa: isa, threads: Int32(1 + number % 3), edge: number % 2 == 0 ? .end : .start)
            let quantised = type == SPYRE_TYPE_Q8_0 || type == SPYRE_TYPE_Q4_1
            let c = Case(quantised: quantised, using: &random)
            let weight = MatmulTests.weight(type: type, outputs: c.outputs, columns: c.columns, using: &random)
            let inputRows = c.gather ? 9 : c.rows
            let input = random.floats(inputRows * c.columns)
            let index = (0..<c.rows).map { _ in Int32.random(in: 0..<9, using: &random) }
            let (bias, norm) = (random.floats(c.outputs), random.floats(c.columns))
            let residual = random.floats(c.rows * c.results)

            let extra = Int.random(in: 0...5, using: &random)
            let source = try Matrix(device, input, columns: c.columns, stride: c.columns + extra)
            let added = try Matrix(device, residual, columns: c.results, stride: c.results + extra)
            let output =
                c.residual == .inPlace
                ? added : try Matrix(device, rows: c.rows, columns: c.results, stride: c.results + extra)
            var desc = descriptor(spyre_matmul_desc.self)
            desc.weight_type = spyre_type(type)
            desc.weight = try device.weight(
                weight.bytes, type: type, sourceType: type, outputs: c.outputs, columns: c.columns)
            desc.outputs = Int64(c.outputs)
            desc.columns = Int64(c.columns)
            desc.rows = spyre_extent_fixed(Int64(c.rows))
            desc.input = source.span
            desc.input_stride = Int64(source.stride)
            if c.gather {
                desc.row_index = try device.span(index)
                desc.input_rows = 9
            }
            desc.output = output.span
            desc.output_stride = Int64(output.stride)
            desc.result_columns = Int64(c.resultColumns)
            if c.bias { desc.bias = try device.span(bias) }
            if c.residual != .none { desc.residual = added.span }
            desc.scale = c.scale
            desc.input_terms = c.terms
            desc.activation =
                spyre_matmul_activation(c.gated ? SPYRE_MATMUL_SILU_MUL : SPYRE_MATMUL_IDENTITY)
            if c.norm {
                desc.norm_weight = try device.span(norm)
                desc.norm_epsilon = 1e-5
            }
            try device.run(spyre_stream_matmul, desc)
            let rows = Self.expected(
                c, weight, input: input, index: index, bias: bias, norm: norm, residual: residual)
            for (got, expected) in zip(try output.read(device), rows) {
                for case (let got, let expected?) in zip(got, expected) {
                    #expect(abs(Double(got) - expected.value) <= expected.error, "\(number): \(c)")
                }
            }
        }
    }
}
