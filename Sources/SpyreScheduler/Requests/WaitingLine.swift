import DequeModule

/// Requests that wait, first come first served. One that was cancelled leaves its ticket behind, which is passed over;
/// they are cleared away before they are as many as the others.
struct WaitingLine: Sendable {
    private var tickets: Deque<Ticket> = []
    private var stale = 0

    mutating func append(_ ticket: Ticket) { tickets.append(ticket) }
    /// Puts a request before all others.
    mutating func prepend(_ ticket: Ticket) { tickets.prepend(ticket) }

    /// The first request that is still there; it stays.
    mutating func first<Entry>(in table: RequestTable<Entry>) -> Ticket? {
        while let ticket = tickets.first {
            if table.holds(ticket) { return ticket }
            tickets.removeFirst()
            stale -= 1
        }
        return nil
    }

    mutating func removeFirst() { _ = tickets.popFirst() }

    mutating func remove(at place: Int) { tickets.remove(at: place) }

    /// All tickets with their places, those of cancelled requests too.
    var places: some Sequence<(offset: Int, element: Ticket)> { tickets.enumerated() }

    /// A waiting request has been taken out of the table.
    mutating func noteCancelled<Entry>(in table: RequestTable<Entry>) {
        stale += 1
        guard stale > 64, stale * 2 > tickets.count else { return }
        tickets = Deque(tickets.filter { table.holds($0) })
        stale = 0
    }

    func all<Entry>(in table: RequestTable<Entry>) -> [Ticket] { tickets.filter { table.holds($0) } }
}
