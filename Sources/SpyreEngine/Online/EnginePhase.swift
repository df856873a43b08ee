/// What an engine does with new requests.
public enum EnginePhase: Sendable, Equatable {
    case running
    /// None is taken in; those that are there run to their ends.
    case draining
    /// All have ended.
    case stopped
    /// The engine cannot go on; the reason in one line.
    case failed(String)
}
