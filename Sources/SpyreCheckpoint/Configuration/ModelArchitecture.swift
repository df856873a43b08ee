/// A family of models with one set of weights and equations.
public enum ModelArchitecture: String, Sendable, CaseIterable {
    /// Pre-norm decoder with RMSNorm, RoPE, grouped-query attention and a SiLU-gated MLP.
    case llama
    /// LLaMA with four multipliers.
    case granite
    /// Granite's dense, attention-only members of the hybrid family.
    case graniteMoeHybrid = "granitemoehybrid"
}
