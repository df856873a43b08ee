@testable import SpyreScheduler

/// Random arrivals, steps, ends and cancels, with everything checked after each step.
struct RandomRun<Policy: InspectablePolicy> {
    private var policy: Policy
    private var oracle: KVOracle
    private var random: SplitMix64
    private let maximumPrompt: Int
    private let maximumNew: Int
    private let maximumLive: Int
    /// How many of the requests report their prompts.
    private let reporting: Double
    /// How many of the requests have siblings: one to three.
    private let sharing: Double
    /// How many of the steps are followed by another before their tokens are told.
    private let delaying: Double
    /// Digests of the tokens of each request that lives, siblings that have not started included.
    private var digests: [RequestID: [UInt64]] = [:]
    /// The first of the siblings that each request came with; itself where there are none.
    private var families: [RequestID: RequestID] = [:]
    /// Siblings whose first tokens have not been sampled, by the request that runs their prompt.
    private var followers: [RequestID: [RequestID]] = [:]
    private var previous = ScheduledStep()
    /// Tokens of steps that have not been told yet.
    private var untold: [[SampledToken]] = []
    private var nextID = 0
    private(set) var ended = 0
    private(set) var cancelled = 0
    private(set) var steps = 0
    private(set) var sharedTokens = 0
    private(set) var mostWaiting = 0
    /// Siblings that got their first tokens of another's logits.
    private(set) var forked = 0
    /// Blocks that were copied.
    private(set) var copies = 0
    /// Siblings that took over the prompt of one that was cancelled.
    private(set) var promoted = 0
    var final: Policy { policy }

    init(
        _ policy: Policy, seed: UInt64, maximumPrompt: Int, maximumNew: Int, maximumLive: Int, reporting: Double = 0,
        sharing: Double = 0, delaying: Double = 0.04
    ) {
        self.policy = policy
        oracle = KVOracle(policy.pool)
        random = SplitMix64(state: seed)
        self.maximumPrompt = maximumPrompt
        self.maximumNew = maximumNew
        self.maximumLive = maximumLive
        self.reporting = reporting
        self.sharing = sharing
        self.delaying = delaying
    }

    /// Does so many things, then lets everything that is left end.
    /// - Returns: what went wrong; nil when nothing did.
    mutating func run(events: Int) throws -> String? {
        for _ in 0..<events {
            let choice = random.unit()
            if choice < 0.25 {
                arrive()
            } else if choice < 0.29, digests.count > 1 {
                try cancelOne()
            } else if choice < 0.29 + delaying {
                if let fault = try step(tells: false) { return fault }
            } else if let fault = try step(tells: true) {
                return fault
            }
        }
        // Longest possible drain: one token of one request a step.
        for _ in 0..<(digests.count + 1) * (maximumPrompt + maximumNew) * 4 where !policy.isIdle {
            if let fault = try step(tells: true) { return fault }
        }
        guard policy.isIdle else { return "\(digests.count) requests do not end" }
        guard policy.pool.freeCount == policy.pool.capacity, policy.reservedBlocks == 0 else {
            return "the pool is not full again"
        }
        return digests.isEmpty && followers.isEmpty ? nil : "requests got lost"
    }

    private mutating func arrive() {
        guard digests.count < maximumLive else { return }
        let length = Int.random(in: 1...maximumPrompt, using: &random)
        // A few beginnings that come again and again.
        let family = Int.random(in: 0..<4, using: &random)
        let shared = Int.random(in: 0...length, using: &random)
        let prompt = (0..<length).map { Int32($0 < shared ? family : 100 + nextID % 5) }
        let id = RequestID(nextID)
        let count = sharing > 0 && random.unit() < sharing ? Int.random(in: 1...3, using: &random) : 0
        let siblings = (0..<count).map { RequestID(nextID + 1 + $0) }
        nextID += 1 + count
        let request = SchedulerRequest(
            id: id, prompt: prompt, maximumNewTokens: Int.random(in: 1...maximumNew, using: &random),
            priority: Int.random(in: 0..<3, using: &random), arrival: Double(nextID),
            reportsPrompt: reporting > 0 && random.unit() < reporting, siblings: siblings)
        guard (try? policy.add(request)) != nil else { return }
        var digest: UInt64 = 0
        let known = prompt.map {
            digest = KVOracle.digest(digest, $0)
            return digest
        }
        for sequence in [id] + siblings {
            digests[sequence] = known
            families[sequence] = id
        }
        if !siblings.isEmpty { followers[id] = siblings }
    }

    private mutating func cancelOne() throws {
        let ids = digests.keys.sorted()
        let id = ids[Int.random(in: ids.indices, using: &random)]
        if try policy.cancel(id) { cancelled += 1 }
        forget(id)
    }

    /// A sequence has gone. If others wait for its prompt, the first of them runs it for the rest.
    private mutating func forget(_ id: RequestID) {
        digests[id] = nil
        families[id] = nil
        for leader in followers.keys.sorted() where followers[leader]?.contains(id) == true {
            let rest = followers[leader]?.filter { $0 != id } ?? []
            followers[leader] = rest.isEmpty ? nil : rest
        }
        guard let siblings = followers.removeValue(forKey: id), let first = siblings.first else { return }
        promoted += 1
        if siblings.count > 1 { followers[first] = Array(siblings.dropFirst()) }
    }

    private mutating func step(tells: Bool) throws -> String? {
        let hits = policy.pool.hits.hitTokens
        let step = try policy.schedule()
        steps += 1
        mostWaiting = max(mostWaiting, policy.waitingCount)
        sharedTokens += policy.pool.hits.hitTokens - hits
        if step.isEmpty, !policy.isIdle, untold.allSatisfy(\.isEmpty) { return "step \(steps) is idle" }
        let fromOracle = oracle.run(step, digests: digests)
        if let fault = fromOracle ?? policy.fault(of: step, after: previous) ?? policy.poolFault(step, families) {
            return "step \(steps): \(fault)"
        }
        previous = step
        copies += step.copies.count
        untold.append(sample(step))
        if tells || untold.count > 2 { try tell() }
        return nil
    }

    /// A token for each item that samples, and for the siblings that waited for its prompt.
    private mutating func sample(_ step: ScheduledStep) -> [SampledToken] {
        var tokens: [SampledToken] = []
        for item in step.items where item.samples {
            let siblings = followers.removeValue(forKey: item.request) ?? []
            forked += siblings.count
            for id in [item.request] + siblings {
                let token = Int32.random(in: 0..<2, using: &random)
                tokens.append(SampledToken(request: id, token: token, ends: random.unit() < 0.02))
            }
        }
        return tokens
    }

    /// Tells all tokens that are due, those of the oldest step first.
    private mutating func tell() throws {
        for tokens in untold {
            for token in tokens {
                guard let last = digests[token.request]?.last else { continue }
                digests[token.request]?.append(KVOracle.digest(last, token.token))
            }
            for id in try policy.complete(tokens) {
                forget(id)
                ended += 1
            }
        }
        untold = []
    }
}
