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
}
