/// A policy that keeps its requests in a table and knows which of them the last step sampled.
protocol TablePolicy: SchedulingPolicy {
    associatedtype Entry: SequenceEntry
    var table: RequestTable<Entry> { get set }
    /// Slots of the items of the last step that sample, in order.
    var sampling: [Int] { get }
    /// Gives a request's blocks back and takes it out of the table.
    mutating func end(_ slot: Int) throws(BlockPoolError)
    /// Forgets requests that have just been taken out of the table.
    mutating func forgetEnded()
}

extension TablePolicy {
    /// What `complete` promises.
    mutating func accept(_ tokens: [SampledToken]) throws(BlockPoolError) -> [RequestID] {
        var ended: [RequestID] = []
        for (place, token) in tokens.enumerated() {
            let guess = place < sampling.count ? sampling[place] : nil
            guard let slot = table.slot(of: token.request, guess: guess) else { continue }
            table[slot].state.append(token.token)
            guard token.ends || table[slot].state.isComplete else { continue }
            try end(slot)
            ended.append(token.request)
        }
        if !ended.isEmpty { forgetEnded() }
        return ended
    }
}
