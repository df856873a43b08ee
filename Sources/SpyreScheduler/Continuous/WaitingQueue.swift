import HeapModule

/// Requests that wait, in the order in which they start. One that was sent back goes before all that have not started,
/// or, by priority, to its own place.
struct WaitingQueue: Sendable {
    private struct Ranked: Comparable, Sendable {
        var priority: Int
        var arrival: Double
        var ticket: Ticket

        static func < (a: Ranked, b: Ranked) -> Bool {
            (a.priority, a.arrival, a.ticket.number) < (b.priority, b.arrival, b.ticket.number)
        }
    }

    private let order: ContinuousLimits.Order
    private var line = WaitingLine()
    private var heap: Heap<Ranked> = []
    /// Tickets in the heap whose requests were cancelled.
    private var stale = 0

    init(order: ContinuousLimits.Order) { self.order = order }

    mutating func append(_ ticket: Ticket, _ state: SequenceState) {
        switch order {
        case .firstCome: line.append(ticket)
        case .priority: heap.insert(rank(ticket, state))
        }
    }

    mutating func sendBack(_ ticket: Ticket, _ state: SequenceState) {
        switch order {
        case .firstCome: line.prepend(ticket)
        case .priority: heap.insert(rank(ticket, state))
        }
    }

    /// The slot of the next request, which stays in the queue.
    mutating func first(in table: RequestTable<SequenceState>) -> Int? {
        switch order {
        case .firstCome: return line.first(in: table)?.slot
        case .priority:
            while let ranked = heap.min {
                if table.holds(ranked.ticket) { return ranked.ticket.slot }
                heap.removeMin()
                stale -= 1
            }
            return nil
        }
    }

    mutating func removeFirst() {
        switch order {
        case .firstCome: line.removeFirst()
        case .priority: _ = heap.popMin()
        }
    }

    /// A waiting request has been taken out of the table.
    mutating func noteCancelled(in table: RequestTable<SequenceState>) {
        guard order == .priority else { return line.noteCancelled(in: table) }
        stale += 1
        guard stale > 64, stale * 2 > heap.count else { return }
        heap = Heap(heap.unordered.filter { table.holds($0.ticket) })
        stale = 0
    }

    /// Slots of all, in order. For reports and tests.
    func all(in table: RequestTable<SequenceState>) -> [Int] {
        switch order {
        case .firstCome: line.all(in: table).map(\.slot)
        case .priority: heap.unordered.filter { table.holds($0.ticket) }.sorted().map(\.ticket.slot)
        }
    }

    private func rank(_ ticket: Ticket, _ state: SequenceState) -> Ranked {
        Ranked(priority: state.priority, arrival: state.arrival, ticket: ticket)
    }
}
