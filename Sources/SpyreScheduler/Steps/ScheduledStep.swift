/// What one step of the engine runs: a value, complete enough to run it without the scheduler.
public struct ScheduledStep: Sendable, Equatable {
    /// In the order in which their outputs are reported.
    public var items: [ScheduledItem]
    /// The cache length that the card's programs are launched with: tokens of the longest row, padding included. 0 when
    /// there is nothing to do, and for policies that do not pad.
    public var tkv: Int

    public init(items: [ScheduledItem] = [], tkv: Int = 0) {
        self.items = items
        self.tkv = tkv
    }

    public var isEmpty: Bool { items.isEmpty }
    public var tokenCount: Int { items.reduce(0) { $0 + $1.count } }
}
