import DequeModule
import HeapModule

/// Requests that wait, in the order in which they start. One that was sent back goes before all that have not started.
struct WaitingQueue: Sendable {
    private struct Ranked: Comparable, Sendable {
        var priority: Int
        var arrival: Double
        var id: RequestID

        static func < (a: Ranked, b: Ranked) -> Bool {
            (a.priority, a.arrival, a.id.number) < (b.priority, b.arrival, b.id.number)
        }
    }

    private let order: ContinuousLimits.Order
    private var line: Deque<RequestID> = []
    private var heap: Heap<Ranked> = []
    /// Cancelled requests stay where they are until their turn comes: this tells them from the others.
    private var members: Set<RequestID> = []

    init(order: ContinuousLimits.Order) { self.order = order }

    var isEmpty: Bool { members.isEmpty }
    var count: Int { members.count }

    mutating func append(_ request: SchedulerRequest) {
        members.insert(request.id)
        switch order {
        case .firstCome: line.append(request.id)
        case .priority: heap.insert(rank(request))
        }
    }

    mutating func sendBack(_ request: SchedulerRequest) {
        members.insert(request.id)
        switch order {
        case .firstCome: line.prepend(request.id)
        case .priority: heap.insert(rank(request))
        }
    }

    mutating func cancel(_ id: RequestID) -> Bool { members.remove(id) != nil }

    /// The next request, which stays in the queue.
    mutating func first() -> RequestID? {
        while let id = line.first ?? heap.min?.id {
            if members.contains(id) { return id }
            drop()
        }
        return nil
    }

    mutating func removeFirst() {
        guard let id = first() else { return }
        members.remove(id)
        drop()
    }

    /// All, in order. For reports and tests.
    var all: [RequestID] {
        (Array(line) + heap.unordered.sorted().map(\.id)).filter { members.contains($0) }
    }

    private mutating func drop() { if line.popFirst() == nil { _ = heap.popMin() } }

    private func rank(_ request: SchedulerRequest) -> Ranked {
        Ranked(priority: request.priority, arrival: request.arrival, id: request.id)
    }
}
