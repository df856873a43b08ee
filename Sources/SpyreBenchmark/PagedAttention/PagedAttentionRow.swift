/// One line of what `spyre bench paged-attention` finds.
package struct PagedAttentionRow: Sendable, Equatable {
    package let shape: PagedAttentionCase
    package let isa: String
    package let threads: Int
    /// Tokens that are attended to, and how many of them the cache holds: fewer where a prefix is shared.
    package let tokens: Int
    package let distinctTokens: Int
    /// Bytes of those keys and values.
    package let keyValueBytes: Int
    package let work: KernelWork
    /// Where they lie when the kernel is repeated.
    package let level: String
    package let check: KernelCheck
    package let seconds: Spread
    package let contiguousSeconds: Double
    package let readSeconds: Double
    /// Time of contiguous attention over that of paged attention: 1 is the same, below 1 paging costs.
    package let againstContiguous: Spread
    /// Time of a plain read over that of paged attention: 1 is the limit.
    package let fraction: Spread
    /// The same for contiguous attention.
    package let contiguousFraction: Double

    init(
        _ shape: PagedAttentionCase, context: KernelContext, blocks: BlockTables, keyValueBytes: Int, work: KernelWork,
        level: String, check: KernelCheck, samples: PagedAttentionSamples
    ) {
        self.init(
            shape, isa: context.isa, threads: context.threads, tokens: blocks.lengths.reduce(0, +),
            distinctTokens: blocks.distinctTokens, keyValueBytes: keyValueBytes, work: work, level: level,
            check: check, samples: samples)
    }

    package init(
        _ shape: PagedAttentionCase, isa: String, threads: Int, tokens: Int, distinctTokens: Int, keyValueBytes: Int,
        work: KernelWork, level: String, check: KernelCheck, samples: PagedAttentionSamples
    ) {
        self.shape = shape
        self.isa = isa
        self.threads = threads
        self.tokens = tokens
        self.distinctTokens = distinctTokens
        self.keyValueBytes = keyValueBytes
        self.work = work
        self.level = level
        self.check = check
        seconds = Spread(samples.paged)
        contiguousSeconds = Statistics.median(samples.contiguous)
        readSeconds = Statistics.median(samples.read)
        againstContiguous = Spread(zip(samples.contiguous, samples.paged).map { $0 / $1 })
        fraction = Spread(zip(samples.read, samples.paged).map { $0 / $1 })
        contiguousFraction = Statistics.median(zip(samples.read, samples.contiguous).map { $0 / $1 })
    }

    /// Keys and values read, each once, per second.
    package var gbps: Double { Double(keyValueBytes) / seconds.median * 1e-9 }
    package var readGbps: Double { Double(keyValueBytes) / readSeconds * 1e-9 }
    package var gops: Double { work.operations / seconds.median * 1e-9 }
}

extension PagedAttentionRow: Encodable {
    private enum CodingKeys: String, CodingKey {
        case kind, mix, sequences, context, tokens, heads, group, queries, dtype, layout, isa, threads, operations
        case level, check, gops, gbps, fraction
        case distinctTokens = "distinct_tokens"
        case kvHeads = "kv_heads"
        case headSize = "head_size"
        case blockTokens = "block_tokens"
        case keyValueBytes = "kv_bytes"
        case minimum = "seconds_min"
        case median = "seconds_median"
        case maximum = "seconds_max"
        case contiguousSeconds = "contiguous_seconds"
        case readSeconds = "limit_seconds"
        case againstContiguous = "vs_contiguous"
        case leastAgainstContiguous = "vs_contiguous_min"
        case greatestAgainstContiguous = "vs_contiguous_max"
        case leastFraction = "fraction_min"
        case greatestFraction = "fraction_max"
        case contiguousFraction = "contiguous_fraction"
    }

    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode("paged_attention", forKey: .kind)
        try fields.encode(shape.mix, forKey: .mix)
        try fields.encode(shape.sequences, forKey: .sequences)
        try fields.encode(shape.context, forKey: .context)
        try fields.encode(tokens, forKey: .tokens)
        try fields.encode(distinctTokens, forKey: .distinctTokens)
        try fields.encode(shape.heads, forKey: .heads)
        try fields.encode(shape.kvHeads, forKey: .kvHeads)
        try fields.encode(shape.group, forKey: .group)
        try fields.encode(shape.headSize, forKey: .headSize)
        try fields.encode(shape.queries, forKey: .queries)
        try fields.encode(shape.dtype, forKey: .dtype)
        try fields.encode(shape.blockTokens, forKey: .blockTokens)
        try fields.encode(shape.layout, forKey: .layout)
        try fields.encode(isa, forKey: .isa)
        try fields.encode(threads, forKey: .threads)
        try fields.encode(work.operations, forKey: .operations)
        try fields.encode(keyValueBytes, forKey: .keyValueBytes)
        try fields.encode(level, forKey: .level)
        try fields.encode(check, forKey: .check)
        for (key, value) in [
            (CodingKeys.minimum, seconds.minimum), (.median, seconds.median), (.maximum, seconds.maximum),
            (.contiguousSeconds, contiguousSeconds), (.readSeconds, readSeconds),
        ] {
            try fields.encode(Rounding.significant(value, 6), forKey: key)
        }
        for (key, value) in [
            (CodingKeys.gops, gops), (.gbps, gbps), (.fraction, fraction.median), (.leastFraction, fraction.minimum),
            (.greatestFraction, fraction.maximum), (.againstContiguous, againstContiguous.median),
            (.leastAgainstContiguous, againstContiguous.minimum),
            (.greatestAgainstContiguous, againstContiguous.maximum), (.contiguousFraction, contiguousFraction),
        ] {
            try fields.encode(Rounding.significant(value, 4), forKey: key)
        }
    }
}
