import CSpyreKernels

/// What surrounds attention: the merge of chunks.
extension Trial {
    /// Long contexts whose chunks several threads meet: within the bound, and the bits of one thread, which merges on
    /// the way.
    func mergesChunks() throws {
        var random = SplitMix64(seed: 3101)
        for format in KVFormat.all {
            let whole = AttentionCase(format, heads: 4, kvHeads: 2, headSize: 48, context: 1100, using: &random)
            for (context, queries) in [(257, 1), (512, 1), (513, 3), (770, 12), (1100, 1), (1100, 5)] {
                let part = whole.part(context: context, queries: queries)
                let one = try part.run(try Device(isa: isa, threads: 1))
                hold(one, part.expected(), part.text)
                for threads: Int32 in [2, 3, 5, 9] {
                    same(try part.run(try Device(isa: isa, threads: threads)), one, "\(part.text), \(threads) threads")
                }
            }
        }
    }

    /// Many KV heads, in one tile or in several, and few chunks for many threads, which then have some of the heads of a
    /// chunk: within the bound, and the bits of one thread.
    func sharesHeads() throws {
        var random = SplitMix64(seed: 3104)
        for format in KVFormat.all {
            // Rows of all heads: up to 7 * 24, more than a tile has.
            for (heads, kvHeads) in [(14, 7), (5, 5), (24, 4), (33, 11)] {
                let whole = AttentionCase(
                    format, heads: heads, kvHeads: kvHeads, headSize: 32, context: 577, using: &random)
                for (context, queries) in [(1, 1), (255, 1), (257, 2), (511, 12), (577, 1), (577, 4)] {
                    let part = whole.part(context: context, queries: queries)
                    let one = try part.run(try Device(isa: isa, threads: 1))
                    hold(one, part.expected(), part.text)
                    for threads: Int32 in [2, 3, 5, 8] {
                        same(
                            try part.run(try Device(isa: isa, threads: threads)), one,
                            "\(part.text), \(threads) threads")
                    }
                }
            }
        }
    }
}
