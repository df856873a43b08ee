/// What one more token does to a sequence.
public struct StopStep: Sendable, Equatable {
    /// Text that can be shown now; the texts of all steps make up the sequence's text.
    public let text: String
    /// Present when the sequence ends here.
    public let finish: Finish?

    /// How a sequence ended.
    public struct Finish: Sendable, Equatable {
        public let reason: FinishReason
        /// The stop id or stop string of the request that did it.
        public let stop: StopReason?

        public init(_ reason: FinishReason, stop: StopReason? = nil) {
            self.reason = reason
            self.stop = stop
        }
    }

    public init(text: String, finish: Finish? = nil) {
        self.text = text
        self.finish = finish
    }
}
