/// What one step of the engine runs: a value, complete enough to run it without the scheduler.
public struct ScheduledStep: Sendable, Equatable {
    /// In the order in which their outputs are reported.
    public var items: [ScheduledItem]
    /// To be made before any row is run, one after the other.
    public var copies: [BlockCopy]
    /// The cache length that programs are launched with: tokens of the longest row, padding included. For a chunk of a
    /// prompt on the card, those of the whole prompt. 0 when there is nothing to do.
    public var tkv: Int
    /// The rows of a static batch; nil under the other policies.
    public var staticBatch: StaticBatch?

    public init(items: [ScheduledItem] = [], copies: [BlockCopy] = [], tkv: Int = 0, staticBatch: StaticBatch? = nil) {
        self.items = items
        self.copies = copies
        self.tkv = tkv
        self.staticBatch = staticBatch
    }

    public var isEmpty: Bool { items.isEmpty }
    public var tokenCount: Int { items.reduce(0) { $0 + $1.count } }
}
