import CSpyreKernels

/// Sweeps of attention over one type of cache.
extension Trial {
    func sweep(_ format: KVFormat) throws {
        try sweepContext(format)
        try sweepChunks(format)
        try sweepHeads(format)
        try part("large and small") { try ignoresScale(format) }
    }

    /// Contexts of several chunks, in which the largest score of a row may come from any of them.
    private func sweepChunks(_ format: KVFormat) throws {
        var random = SplitMix64(seed: 3004)
        let whole = AttentionCase(format, headSize: 32, context: 1031, using: &random)
        for (i, context) in [257, 511, 512, 513, 640, 767, 769, 1025, 1031].enumerated() {
            for queries in [1, 2 + i] {
                let part = whole.part(context: context, queries: queries)
                hold(try part.run(try Device(isa: isa, threads: 1)), part.expected(), part.text)
            }
        }
    }

    /// Every length of context, as a single decode step, as chunks and as a whole, on any number of threads: the bits
    /// of the longest prefill, whose rows are within the bound.
    private func sweepContext(_ format: KVFormat) throws {
        var random = SplitMix64(seed: 3001)
        let lengths = Sizes.upTo(257)
        let whole = AttentionCase(format, heads: 3, context: lengths.last ?? 1, using: &random)
        let all = try whole.run(try Device(isa: isa, threads: 1))
        hold(all, whole.expected(), whole.text)
        for (i, context) in lengths.enumerated() {
            for queries in Set([1, 1 + i % 7, context]) where queries <= context {
                let part = whole.part(context: context, queries: queries)
                let placement = Placement.allCases[(i + queries) % Placement.allCases.count]
                let threads: Int32 = [1, 2, 3, 5][(i + queries / 2) % 4]
                let device = try placement.device(isa, threads: threads)
                same(
                    try part.run(device, gap: placement.gap), Array(all[context - queries..<context]),
                    "\(part.text) on \(threads) threads")
            }
        }
        for queries in Sizes.upTo(130) {
            let part = whole.part(context: 190, queries: queries)
            let device = try Device(isa: isa, threads: [1, 2, 3, 5][queries % 4])
            same(try part.run(device), Array(all[190 - queries..<190]), part.text)
        }
    }

    /// Every size of head, and heads that share a KV head in groups of every size.
    private func sweepHeads(_ format: KVFormat) throws {
        var random = SplitMix64(seed: 3002)
        for size in stride(from: 16, through: 256, by: 16) {
            let whole = AttentionCase(format, heads: 4, kvHeads: 2, headSize: size, context: 77, using: &random)
            let part = whole.part(context: 77, queries: 9)
            for placement in Placement.allCases {
                let device = try placement.device(isa, threads: 2)
                hold(try part.run(device, gap: placement.gap), part.expected(), part.text)
            }
        }
        for group in 1...17 {
            for kvHeads in [1, 3] {
                let whole = AttentionCase(
                    format, heads: group * kvHeads, kvHeads: kvHeads, headSize: 32, context: 70, using: &random)
                for queries in [1, 7] {
                    let part = whole.part(context: 70, queries: queries)
                    hold(try part.run(try Device(isa: isa, threads: 3)), part.expected(), part.text)
                }
            }
        }
    }

    /// Scores that are far apart or all the same, and values of every size; keys and queries of zero.
    private func ignoresScale(_ format: KVFormat) throws {
        var random = SplitMix64(seed: 3003)
        for (query, value) in [(0, 1), (100, 1), (1, 1e30), (1, 1e-30), (0, -0.0)] as [(Float, Float)] {
            var whole = AttentionCase(format, heads: 2, kvHeads: 2, context: 131, using: &random)
            whole.q = whole.q.map { $0 * query }
            whole.v = whole.v.map { $0 * value }
            let part = whole.part(context: 131, queries: 66)
            hold(
                try part.run(try Device(isa: isa, threads: 2)), part.expected(),
                "\(part.text), q * \(query), v * \(value)")
        }
    }
}
