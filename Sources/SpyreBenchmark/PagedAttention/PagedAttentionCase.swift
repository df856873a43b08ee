import CSpyreKernels

/// One point of the sweep: what the cache looks like and who asks.
package struct PagedAttentionCase: Sendable, Equatable, Hashable {
    package var mix = BatchMix.uniform
    package var sequences: Int
    /// Tokens of the longest sequence.
    package var context: Int
    /// Query heads that share a KV head.
    package var group = 4
    package var kvHeads = 8
    package var headSize = 128
    /// Query rows of each sequence, its last tokens: 1 is decode.
    package var queries = 1
    package var dtype = "bfloat16"
    package var blockTokens = 64
    package var layout = KVLayout.panels

    package init(sequences: Int, context: Int) {
        self.sequences = sequences
        self.context = context
    }

    package static let blockSizes = [16, 32, 64, 128, 256]

    package var heads: Int { group * kvHeads }

    package var name: String {
        "\(mix.rawValue) \(sequences)x\(context), \(heads)/\(kvHeads) heads of \(headSize), \(dtype), "
            + "blocks of \(blockTokens) in \(layout.rawValue)"
    }

    /// What decides about contiguous attention: not how the paged cache lies.
    var workload: PagedAttentionCase {
        var workload = self
        workload.blockTokens = 64
        workload.layout = .panels
        return workload
    }

    /// The geometry of a cache of so many blocks, without memory.
    func cache(_ format: CacheFormat, blocks: Int) -> spyre_kv_cache {
        spyre_kv_cache(
            keys: spyre_span(), values: spyre_span(), blocks: Int64(blocks), kv_heads: Int64(kvHeads),
            head_size: Int64(headSize), type: spyre_type(format.code), block_tokens: UInt16(clamping: blockTokens),
            layout: layout.code)
    }

    /// Whether the library has such a cache: some types cannot lie in some layouts.
    package func isSupported() throws(BenchmarkError) -> Bool {
        var cache = cache(try CacheFormat.named(dtype), blocks: 1)
        return spyre_kv_cache_size(&cache) > 0
    }
}
