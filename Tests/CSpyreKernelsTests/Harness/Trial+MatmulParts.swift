import CSpyreKernels

/// The kernels beside a product's tiles: what prepares the activations, and the epilogue.
extension Trial {
    /// Every upper half of a float with the lower halves round a tie: 1 * x is x as bfloat16.
    func everyBFloat16() throws {
        var random = SplitMix64(seed: 2101)
        let weight = Weight(.bf16, outputs: 1, columns: 1, bytes: WeightFormat.bf16.unit?(0) ?? [])
        for lower: UInt32 in [0, 1, 0x7fff, 0x8000, 0x8001, 0xffff, UInt32.random(in: 2...0x7ffe, using: &random)] {
            let input = (0...UInt32(UInt16.max)).map { Float(bitPattern: $0 << 16 | lower) }
            let product = MatmulCase(weight, rows: input.count, input: input)
            let got = try product.run(try Device(isa: isa, threads: 2))
            for (x, row) in zip(input, got) {
                let y = Double(Oracle.float(bfloat16: Oracle.bfloat16(x)))
                let subnormal = abs(x) < .leastNormalMagnitude && row[0] == 0
                if x.isNaN {
                    hold(row[0], Expected(value: .nan, error: 0), "NaN")
                } else if !subnormal {
                    hold(row[0], Expected(value: y, error: tiny / 2), "1 * \(x)")
                }
            }
        }
    }

    /// What the kernel makes of activations, read back through a matrix of ones on the diagonal.
    func preparedActivations(_ format: WeightFormat) throws {
        guard let unit = format.unit else { return fail("the format has no block with a single 1", format.name) }
        var random = SplitMix64(seed: 2102)
        let columns = format.block == 1 ? 53 : 2 * format.block
        let zero = unit(0).map { _ in UInt8(0) }
        let diagonal = (0..<columns).flatMap { i in
            (0..<columns / format.block).flatMap { $0 == i / format.block ? unit(i % format.block) : zero }
        }
        let weight = Weight(format, outputs: columns, columns: columns, bytes: diagonal)
        var rows: [[Float]] = (0..<300).map { i in
            let size = Float(sign: .plus, exponent: i % 230 - 110, significand: 1)
            return random.floats(columns).map { $0 * size }
        }
        // Steps of the largest value, so that many of them are ties, and every quant itself.
        for k in 0..<8 {
            rows.append((0..<columns).map { Float(($0 * 4 + k) % 255) - 127 })
            rows.append((0..<columns).map { i in i == 0 ? 127 : Float((i * 4 + k) % 253) - 126.5 })
        }
        rows += [Float.leastNonzeroMagnitude, .leastNormalMagnitude, 0, 0x1p127].map { value in
            (0..<columns).map { $0 % 3 == 0 ? value : -value / 2 }
        }
        let input = rows.flatMap(\.self)
        let product = MatmulCase(weight, rows: rows.count, input: input)
        let got = try product.run(try Device(isa: isa, threads: 2))
        for (r, row) in rows.enumerated() {
            for (i, x) in format.preparation(row).enumerated() {
                let y = Double(got[r][i])
                // Of a tie either side is right; a block too small for a scale may be anything round what it was.
                let sides = [x.value - x.slack, x.value + x.slack].filter { abs($0 - y) < abs(x.value - y) }
                let scaled = x.value != Double(row[i]) || x.slack == 0
                let value = scaled ? sides.first ?? x.value : x.value
                // A sum of zeros has lost its sign.
                var rounding = tiny / 2
                if case .int8 = format.preparation { rounding = abs(value) * gamma(3) + 2 * tiny }
                let error = (scaled ? 0 : x.slack) + rounding
                hold(
                    got[r][i], Expected(value: value, error: error, size: scaled ? 0 : .infinity),
                    "row \(r), activation \(i), \(row[i])")
            }
        }
    }

    /// The optional parts of a product, in combinations that the seed comes upon, for every weight type; and every
    /// number of results.
    func epilogues() throws {
        var random = SplitMix64(seed: 2103)
        for (number, format) in (0..<30).flatMap({ n in WeightFormat.all.map { (n, $0) } }) {
            let product = MatmulCase(epilogueOf: format, using: &random)
            let placement = Placement.allCases[number % Placement.allCases.count]
            let device = try placement.device(isa, threads: Int32(1 + number % 3))
            hold(try product.run(device, gap: placement.gap), product.expected(), product.text)
        }
        for results in Sizes.upTo(130) {
            for gated in [false, true] {
                var product = MatmulCase(epilogueOf: .f32, using: &random)
                let outputs = gated ? (results + 31) / 32 * 64 : results + results % 3
                let columns = 5 + results % 7
                product = MatmulCase(
                    Weight(.f32, outputs: outputs, columns: columns, using: &random), rows: 2,
                    input: random.floats(2 * columns))
                product.gated = gated
                product.resultColumns = results
                product.bias = random.floats(outputs)
                product.added = random.floats(2 * results)
                product.residual = results % 2 == 0 ? .inPlace : .apart
                let placement = Placement.allCases[results % Placement.allCases.count]
                let device = try placement.device(isa)
                hold(try product.run(device, gap: placement.gap), product.expected(), product.text)
            }
        }
    }
}

extension MatmulCase {
    /// A product with parts as the generator says.
    init(epilogueOf format: WeightFormat, using random: inout SplitMix64) {
        func flag() -> Bool { Bool.random(using: &random) }
        let gated = flag()
        let outputs = gated ? 64 * Int.random(in: 1...3, using: &random) : Int.random(in: 1...200, using: &random)
        let columns =
            format.block == 1
            ? Int.random(in: 1...130, using: &random)
            : format.block * Int.random(in: 1...4, using: &random)
        let rows = Int.random(in: 1...14, using: &random)
        let gather = flag()
        let weight = Weight(format, outputs: outputs, columns: columns, using: &random)
        self.init(weight, rows: rows, input: random.floats((gather ? 9 : rows) * columns))
        if gather {
            input = random.floats(9 * columns)
            // Now and then a row that does not exist.
            index = (0..<rows).map { _ in Int32.random(in: -1...9, using: &random) }
        }
        self.gated = gated
        if flag() { bias = random.floats(outputs) }
        if flag() { norm = random.floats(columns) }
        if flag() { scale = 0.22 }
        terms = Int32.random(in: 0...2, using: &random)
        if flag() { resultColumns = Int.random(in: 1...results, using: &random) }
        residual = Residual.allCases.randomElement(using: &random) ?? .none
        if residual != .none { added = random.floats(rows * results) }
    }
}
