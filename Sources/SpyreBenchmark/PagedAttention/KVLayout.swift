import CSpyreKernels

/// How keys and values lie in a block of the cache. A case added here is swept by `spyre bench paged-attention`.
package enum KVLayout: String, Sendable, CaseIterable, Encodable {
    /// Weight panels, as the kernels read them.
    case panels
    /// Token after token, as flash-attention style kernels have it (`[heads][tokens][head size]` in a block).
    case tokens

    var code: spyre_kv_layout {
        switch self {
        case .panels: spyre_kv_layout(SPYRE_KV_PANELS)
        case .tokens: spyre_kv_layout(SPYRE_KV_TOKENS)
        }
    }

    package var formula: String {
        switch self {
        case .panels: "keys [head size][tokens] in panels of up to 64 tokens, 16-bit types in pairs; the engine's"
        case .tokens: "keys and values [tokens][head size]"
        }
    }
}
