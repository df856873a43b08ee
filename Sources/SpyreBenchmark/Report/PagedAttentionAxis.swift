/// One thing that a sweep varies.
struct PagedAttentionAxis: Sendable {
    let title: String
    /// The value of a row, as it is labelled.
    let label: @Sendable (PagedAttentionRow) -> String
    /// In which order labels stand.
    let order: @Sendable (PagedAttentionRow) -> Int

    static let all: [PagedAttentionAxis] = [
        number("block size, tokens") { $0.shape.blockTokens },
        PagedAttentionAxis(
            title: "layout", label: { $0.shape.layout.rawValue },
            order: { KVLayout.allCases.firstIndex(of: $0.shape.layout) ?? 0 }),
        PagedAttentionAxis(
            title: "type", label: { $0.shape.dtype },
            order: { row in CacheFormat.all.firstIndex { $0.name == row.shape.dtype } ?? 0 }),
        number("context, tokens") { $0.shape.context },
        PagedAttentionAxis(
            title: "batch mix", label: { $0.shape.mix.rawValue },
            order: { BatchMix.allCases.firstIndex(of: $0.shape.mix) ?? 0 }),
        number("batch size") { $0.shape.sequences },
        number("query heads of a KV head") { $0.shape.group },
        number("head size") { $0.shape.headSize },
        number("threads") { $0.threads },
        PagedAttentionAxis(title: "instruction set", label: { $0.isa }, order: { _ in 0 }),
    ]

    private static func number(
        _ title: String, _ value: @escaping @Sendable (PagedAttentionRow) -> Int
    ) -> PagedAttentionAxis {
        PagedAttentionAxis(title: title, label: { "\(value($0))" }, order: value)
    }
}
