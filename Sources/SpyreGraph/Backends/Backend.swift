/// How a recorded graph is run. The names are those of RFC 9652 (`torch.compile` backends there).
public enum Backend: String, Sendable, CaseIterable {
    /// Op by op, nothing fused: the oracle of the other two.
    case eager
    /// Compiled for the host: one fused program serves every size up to its maximum.
    case inductor
    /// Compiled for the device: fixed shapes only, padded; a shape that was not prepared is an error.
    case sendnn

    /// The passes that a graph goes through before it is lowered.
    public var pipeline: PassPipeline { self == .eager ? .none : .fused }
}
