/// The items of a step and the token rows that are left.
struct StepInProgress {
    private(set) var items: [ScheduledItem] = []
    private(set) var budget: Int
    /// Rows of logits that are left.
    private(set) var logitRows: Int
    private var longest = 0
    private var copies: [(request: RequestID, copy: BlockCopy)] = []

    init(budget: Int, logitRows: Int, expecting count: Int) {
        self.budget = budget
        self.logitRows = logitRows
        items.reserveCapacity(count)
    }

    mutating func append(_ item: ScheduledItem) {
        items.append(item)
        budget -= item.count
        logitRows -= item.logitRows
        longest = max(longest, item.start + item.count)
    }

    mutating func append(_ copy: BlockCopy, for id: RequestID) { copies.append((id, copy)) }

    /// Takes a request out again. Returns whether it was in the step.
    mutating func remove(_ id: RequestID) -> Bool {
        guard let index = items.firstIndex(where: { $0.request == id }) else { return false }
        budget += items[index].count
        logitRows += items[index].logitRows
        items.remove(at: index)
        copies.removeAll { $0.request == id }
        longest = items.reduce(0) { max($0, $1.start + $1.count) }
        return true
    }

    var step: ScheduledStep { ScheduledStep(items: items, copies: copies.map(\.copy), tkv: longest) }
}
