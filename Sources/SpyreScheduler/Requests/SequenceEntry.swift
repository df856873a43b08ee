/// What a policy keeps of a request: its sequence, and perhaps more.
protocol SequenceEntry: Sendable {
    var state: SequenceState { get set }
}

extension SpyreSequence: SequenceEntry {}

extension SequenceState: SequenceEntry {
    var state: SequenceState {
        _read { yield self }
        _modify { yield &self }
    }
}
