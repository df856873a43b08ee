/// A binary min-heap of candidate merges, ordered by rank, then by position.
struct MergeHeap {
    struct Candidate {
        /// Rank in the high half, position in the low half: one comparison orders both.
        var order: UInt64
        /// The token that the merge makes.
        var token: Int32

        var position: Int { Int(order & 0xFFFF_FFFF) }
    }

    private var items: [Candidate] = []

    mutating func removeAll() {
        items.removeAll(keepingCapacity: true)
    }

    mutating func push(rank: UInt32, position: Int, token: Int32) {
        let candidate = Candidate(
            order: UInt64(rank) << 32 | UInt64(UInt32(truncatingIfNeeded: position)), token: token)
        items.append(candidate)
        var child = items.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            if items[parent].order <= candidate.order { break }
            items[child] = items[parent]
            child = parent
        }
        items[child] = candidate
    }

    mutating func pop() -> Candidate? {
        guard let top = items.first, let last = items.popLast() else { return nil }
        if items.isEmpty { return top }
        var hole = 0
        while true {
            var child = hole * 2 + 1
            if child >= items.count { break }
            if child + 1 < items.count, items[child + 1].order < items[child].order { child += 1 }
            if last.order <= items[child].order { break }
            items[hole] = items[child]
            hole = child
        }
        items[hole] = last
        return top
    }
}
