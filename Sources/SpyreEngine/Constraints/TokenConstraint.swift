/// Which tokens may come next in one sequence: the state of a grammar, a schema or a pattern between two tokens.
///
/// A value: each of a request's sequences has its own. It is asked on the engine's thread before every token, so that what is
/// costly has to be ready before: a mask for each state, computed when the request is made or when the state is first
/// reached, bounded in time and memory.
public protocol TokenConstraint: Sendable {
    /// Rules tokens out: sets their logits to -infinity and leaves the others alone. At least one token has to remain; which
    /// of them end the sequence is the constraint's to say. A sequence without a token left fails alone.
    ///
    /// - Parameter row: one logit for each token id.
    func restrict(_ row: UnsafeMutableBufferPointer<Float>)

    /// Takes the token that was chosen.
    mutating func advance(_ token: Int)
}
