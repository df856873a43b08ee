/// The requests of a scheduler, in slots that are used again. Steps work with slots: an index costs a tenth of a hash.
struct RequestTable<Entry: Sendable>: Sendable {
    private var entries: [Entry]
    /// The number of the ticket of each slot; 0 where nobody is.
    private var tickets: [Int] = []
    private var ids: [RequestID] = []
    private var vacantSlots: [Int] = []
    private var slots: [RequestID: Int] = [:]
    private var issued = 0
    private let vacant: Entry

    /// - Parameter vacant: stands in slots that nobody uses, so that what was there is let go.
    init(vacant: Entry) {
        self.vacant = vacant
        entries = []
    }

    var count: Int { slots.count }
    var isEmpty: Bool { slots.isEmpty }
    func slot(of id: RequestID) -> Int? { slots[id] }
    /// The same, looked at one place first.
    func slot(of id: RequestID, guess: Int?) -> Int? {
        if let guess, tickets[guess] != 0, ids[guess] == id { return guess }
        return slots[id]
    }
    func id(_ slot: Int) -> RequestID { ids[slot] }
    func isVacant(_ slot: Int) -> Bool { tickets[slot] == 0 }
    /// Whether the request that the ticket was given to is still there.
    func holds(_ ticket: Ticket) -> Bool { tickets[ticket.slot] == ticket.number }
    func ticket(_ slot: Int) -> Ticket { Ticket(slot: slot, number: tickets[slot]) }

    subscript(slot: Int) -> Entry {
        _read { yield entries[slot] }
        _modify { yield &entries[slot] }
    }

    mutating func insert(_ entry: Entry, for id: RequestID) -> Ticket {
        issued += 1
        let slot: Int
        if let vacantSlot = vacantSlots.popLast() {
            slot = vacantSlot
            entries[slot] = entry
            tickets[slot] = issued
            ids[slot] = id
        } else {
            slot = entries.count
            entries.append(entry)
            tickets.append(issued)
            ids.append(id)
        }
        slots[id] = slot
        return Ticket(slot: slot, number: issued)
    }

    mutating func remove(_ id: RequestID) {
        guard let slot = slots.removeValue(forKey: id) else { return }
        entries[slot] = vacant
        tickets[slot] = 0
        vacantSlots.append(slot)
    }

    /// For checks that look at all requests.
    var all: [Entry] { slots.values.sorted().map { entries[$0] } }
}

/// A place in a queue: who came to a slot of the table, and as which in order of arrival.
struct Ticket: Comparable, Hashable, Sendable {
    var slot: Int
    var number: Int

    static func < (a: Ticket, b: Ticket) -> Bool { a.number < b.number }
}
