/// One line of what `spyre bench paged-attention` finds. Its limit is a plain read of the same bytes.
package struct PagedAttentionRow: MeasuredRow, Equatable {
    package let shape: PagedAttentionCase
    package let figures: KernelFigures
    /// Tokens that are attended to, and how many of them the cache holds: fewer where a prefix is shared.
    package let tokens: Int
    package let distinctTokens: Int
    /// Bytes of those keys and values.
    package let keyValueBytes: Int
    package let contiguousSeconds: Double
    /// Time of contiguous attention over that of paged attention: 1 is the same, below 1 paging costs.
    package let againstContiguous: Spread
    /// Time of a plain read over that of contiguous attention.
    package let contiguousFraction: Double

    package init(
        _ shape: PagedAttentionCase, figures: KernelFigures, tokens: Int, distinctTokens: Int, keyValueBytes: Int,
        samples: PagedAttentionSamples
    ) {
        self.shape = shape
        self.figures = figures
        self.tokens = tokens
        self.distinctTokens = distinctTokens
        self.keyValueBytes = keyValueBytes
        contiguousSeconds = Statistics.median(samples.contiguous)
        againstContiguous = Spread(ratiosOf: samples.contiguous, to: samples.paged)
        contiguousFraction = Spread(ratiosOf: samples.read, to: samples.contiguous).median
    }

    /// Keys and values read, each once, per second.
    package var gbps: Double { Double(keyValueBytes) / figures.seconds.median * 1e-9 }
    package var readGbps: Double { Double(keyValueBytes) / figures.limitSeconds * 1e-9 }
}

extension PagedAttentionRow: Encodable {
    private enum CodingKeys: String, CodingKey {
        case kind, mix, sequences, context, tokens, heads, group, queries, dtype, layout, gops, gbps
        case distinctTokens = "distinct_tokens"
        case kvHeads = "kv_heads"
        case headSize = "head_size"
        case blockTokens = "block_tokens"
        case keyValueBytes = "kv_bytes"
        case contiguousSeconds = "contiguous_seconds"
        case againstContiguous = "vs_contiguous"
        case leastAgainstContiguous = "vs_contiguous_min"
        case greatestAgainstContiguous = "vs_contiguous_max"
        case contiguousFraction = "contiguous_fraction"
    }

    package func encode(to encoder: any Encoder) throws {
        try figures.encode(to: encoder)
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
        try fields.encode(keyValueBytes, forKey: .keyValueBytes)
        try fields.encode([(.contiguousSeconds, contiguousSeconds)], digits: 6)
        try fields.encode(
            [
                (.gops, figures.gops), (.gbps, gbps), (.againstContiguous, againstContiguous.median),
                (.leastAgainstContiguous, againstContiguous.minimum),
                (.greatestAgainstContiguous, againstContiguous.maximum), (.contiguousFraction, contiguousFraction),
            ], digits: 4)
    }
}
