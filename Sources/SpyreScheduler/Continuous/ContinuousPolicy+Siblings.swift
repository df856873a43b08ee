extension ContinuousPolicy {
    /// Starts the siblings whose first tokens are among `tokens`, with the blocks of the request that ran their prompt.
    ///
    /// - Returns: those that have ended with it.
    mutating func fork(_ tokens: [SampledToken]) -> [RequestID] {
        var ended: [RequestID] = []
        for token in tokens {
            guard let leader = leaders.removeValue(forKey: token.request), let slot = table.slot(of: leader) else {
                continue
            }
            table[slot].siblings.removeAll { $0 == token.request }
            guard !token.ends, table[slot].maximumNewTokens > 1 else {
                ended.append(token.request)
                continue
            }
            var state = SequenceState(forking: table[slot], as: token.request)
            state.append(token.token)
            // One that finds no place, or whose prompt was sent back meanwhile, waits and runs its prompt itself.
            let fits = runningSlots.count < limits.maximumSequences && !state.blocks.isEmpty
            if fits { pool.share(state.blocks) } else { state.forgetBlocks() }
            let ticket = table.insert(state, for: token.request)
            if fits { runningSlots.append(ticket.slot) } else { queue.append(ticket, state) }
        }
        return ended
    }

    /// Takes a sibling that has not started out. Returns whether it was one.
    mutating func cancelSibling(_ id: RequestID) -> Bool {
        guard let leader = leaders.removeValue(forKey: id) else { return false }
        if let slot = table.slot(of: leader) { table[slot].siblings.removeAll { $0 == id } }
        return true
    }

    /// The siblings of a request that ends before its prompt was run: the first of them runs it for the others.
    mutating func promote(_ siblings: [RequestID], of state: SequenceState) {
        guard let first = siblings.first else { return }
        var leader = SequenceState(forking: state, as: first)
        leader.forgetBlocks()
        leader.siblings = Array(siblings.dropFirst())
        leaders[first] = nil
        for id in leader.siblings { leaders[id] = first }
        queue.append(table.insert(leader, for: first), leader)
    }
}
