import CSpyreKernels

/// Sweeps of a weight type's product.
extension Trial {
    func sweep(_ format: WeightFormat) throws {
        try sweepDepth(format)
        try sweepOutputs(format)
        try sweepRows(format, columns: format.block == 1 ? 33 : max(96, format.block), counts: Sizes.upTo(257))
        // As deep as kernels that divide K need it.
        try sweepRows(
            format, columns: format.block == 1 ? 2101 : (2111 / format.block) * format.block,
            counts: [1, 2, 6, 7, 12, 13, 16, 25, 37, 49, 97, 130, 193].filter { !Sizes.few || $0 <= 25 })
        try twoTerms(format)
        try meetSpecials(format)
    }

    /// Every K at every place, against the oracle.
    private func sweepDepth(_ format: WeightFormat) throws {
        var random = SplitMix64(seed: 2001)
        for (i, columns) in Sizes.multiples(of: format.block, upTo: 4097).enumerated() {
            let weight = Weight(format, outputs: [67, 1, 64, 30][i % 4], columns: columns, using: &random)
            let rows = 1 + i % 9
            let product = MatmulCase(weight, rows: rows, input: random.floats(rows * columns))
            let expected = product.expected()
            for (p, placement) in Placement.allCases.enumerated() where columns < 300 || p == i % 5 {
                let device = try placement.device(isa, threads: Int32(1 + p % 2))
                hold(try product.run(device, gap: placement.gap), expected, "\(product.text), placement \(p)")
            }
        }
    }

    /// Every N: a column has the bits that it has among all of them, and those are within the bound.
    private func sweepOutputs(_ format: WeightFormat) throws {
        var random = SplitMix64(seed: 2002)
        let columns = format.block == 1 ? 33 : format.block
        let counts = Sizes.upTo(513)
        let weight = Weight(format, outputs: counts.last ?? 1, columns: columns, using: &random)
        let input = random.floats(3 * columns)
        let whole = MatmulCase(weight, rows: 3, input: input)
        let all = try whole.run(try Device(isa: isa, threads: 1))
        hold(all, whole.expected(), whole.text)
        for (i, outputs) in counts.enumerated() {
            let some = MatmulCase(weight.prefix(outputs), rows: 3, input: input)
            let placement = Placement.allCases[i % Placement.allCases.count]
            let device = try placement.device(isa, threads: Int32(1 + i % 3))
            same(try some.run(device, gap: placement.gap), all.map { Array($0.prefix(outputs)) }, some.text)
        }
    }

    /// Every M on 1, 2, 3 and 5 threads: the bits that each row has alone, which are within the bound.
    private func sweepRows(_ format: WeightFormat, columns: Int, counts: [Int]) throws {
        var random = SplitMix64(seed: 2003)
        let weight = Weight(format, outputs: 135, columns: columns, using: &random)
        let input = random.floats((counts.last ?? 1) * columns)
        let single = try Device(isa: isa, threads: 1)
        let image = try weight.image(single)
        var alone: [[Float]] = []
        for row in 0..<(counts.last ?? 1) {
            let one = MatmulCase(weight, rows: 1, input: Array(input[row * columns..<(row + 1) * columns]))
            let result = try one.run(single, image: image)
            if row < (columns < 300 ? 130 : 6) { hold(result, one.expected(), "row \(row) alone of \(one.text)") }
            alone += result
        }
        for threads: Int32 in [1, 2, 3, 5] {
            for edge in Device.Edge.allCases {
                let device = try Device(isa: isa, threads: threads, edge: edge)
                let image = try weight.image(device)
                for rows in counts {
                    let product = MatmulCase(weight, rows: rows, input: input)
                    let got = try product.run(device, gap: rows % 4, image: image)
                    same(got, Array(alone.prefix(rows)), "\(product.text) on \(threads) threads")
                }
            }
        }
    }

    /// The second term of activations, for types that round. bfloat16 has one for 8 of them: the first of those that lose
    /// as much.
    func twoTerms(_ format: WeightFormat) throws {
        var random = SplitMix64(seed: 2004)
        for blocks in 1...9 {
            let columns = format.block == 1 ? 4 * blocks * blocks + blocks - 3 : format.block * blocks
            let weight = Weight(format, outputs: 65, columns: columns, using: &random)
            var product = MatmulCase(weight, rows: blocks, input: random.floats(blocks * columns))
            product.terms = 2
            for i in 0..<columns { product.input[i] = i + 1 == columns ? 2.006 : i % 3 == 0 ? 1.003 : -1.003 }
            let device = try Device(isa: isa, threads: 2)
            let got = try product.run(device)
            hold(got, product.expected(), product.text)
            for row in 0..<blocks {
                var one = MatmulCase(weight, rows: 1, input: Array(product.input[row * columns..<(row + 1) * columns]))
                one.terms = 2
                same(try one.run(device), [got[row]], "row \(row) alone of \(product.text)")
            }
        }
    }

    /// Rows with one special value each, between plain ones that must not notice.
    private func meetSpecials(_ format: WeightFormat) throws {
        var random = SplitMix64(seed: 2005)
        let columns = format.block == 1 ? 45 : 2 * format.block
        let weight = Weight(format, outputs: 70, columns: columns, using: &random)
        let plain = random.floats(columns)
        var input: [Float] = []
        for special in Self.specials {
            for place in [0, columns / 2, columns - 1] {
                var row = plain
                row[place] = special
                input += row + plain
            }
        }
        // Rows of nothing but zeros, subnormal numbers, and numbers that are nearly so large as to overflow.
        for value: Float in [0, -0.0, .leastNonzeroMagnitude, 0x1p-127, 0x1p-100, 0x1p80] {
            input += plain.map { $0 < 0 ? -value : value } + plain.map { $0 * value }
        }
        let product = MatmulCase(weight, rows: input.count / columns, input: input)
        for edge in Device.Edge.allCases {
            let device = try Device(isa: isa, threads: 2, edge: edge)
            hold(try product.run(device), product.expected(), "special values, \(product.text)")
        }
    }
}
