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
    /// Digests of the tokens of each request that lives.
    private var digests: [RequestID: [UInt64]] = [:]
    private var previous = ScheduledStep()
    /// Tokens of steps that have not been told yet.
    private var untold: [[SampledToken]] = []
    private var nextID = 0
    private(set) var ended = 0
    private(set) var cancelled = 0
    private(set) var steps = 0
    private(set) var sharedTokens = 0
    private(set) var mostWaiting = 0
    var final: Policy { policy }

    init(_ policy: Policy, seed: UInt64, maximumPrompt: Int, maximumNew: Int, maximumLive: Int, reporting: Double = 0) {
        self.policy = policy
        oracle = KVOracle(policy.pool)
        random = SplitMix64(state: seed)
        self.maximumPrompt = maximumPrompt
        self.maximumNew = maximumNew
        self.maximumLive = maximumLive
        self.reporting = reporting
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
            } else if choice < 0.33 {
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
        return digests.isEmpty ? nil : "requests got lost"
    }

    private mutating func arrive() {
        guard digests.count < maximumLive else { return }
        let length = Int.random(in: 1...maximumPrompt, using: &random)
        // A few beginnings that come again and again.
        let family = Int.random(in: 0..<4, using: &random)
        let shared = Int.random(in: 0...length, using: &random)
        let prompt = (0..<length).map { Int32($0 < shared ? family : 100 + nextID % 5) }
        let id = RequestID(nextID)
        nextID += 1
        let request = SchedulerRequest(
            id: id, prompt: prompt, maximumNewTokens: Int.random(in: 1...maximumNew, using: &random),
            priority: Int.random(in: 0..<3, using: &random), arrival: Double(nextID),
            reportsPrompt: reporting > 0 && random.unit() < reporting)
        guard (try? policy.add(request)) != nil else { return }
        var digest: UInt64 = 0
        digests[id] = prompt.map {
            digest = KVOracle.digest(digest, $0)
            return digest
        }
    }

    private mutating func cancelOne() throws {
        let ids = digests.keys.sorted()
        let id = ids[Int.random(in: ids.indices, using: &random)]
        if try policy.cancel(id) { cancelled += 1 }
        digests[id] = nil
    }

    private mutating func step(tells: Bool) throws -> String? {
        let hits = policy.pool.hits.hitTokens
        let step = try policy.schedule()
        steps += 1
        mostWaiting = max(mostWaiting, policy.waitingCount)
        sharedTokens += policy.pool.hits.hitTokens - hits
        if step.isEmpty, !policy.isIdle, untold.allSatisfy(\.isEmpty) { return "step \(steps) is idle" }
        let fromOracle = oracle.run(step, digests: digests)
        if let fault = fromOracle ?? policy.fault(of: step, after: previous) ?? policy.poolFault(step) {
            return "step \(steps): \(fault)"
        }
        previous = step
        untold.append(
            step.items.filter(\.samples).map {
                SampledToken(
                    request: $0.request, token: Int32.random(in: 0..<2, using: &random), ends: random.unit() < 0.02)
            })
        if tells || untold.count > 2 { try tell() }
        return nil
    }

    /// Tells all tokens that are due, those of the oldest step first.
    private mutating func tell() throws {
        for tokens in untold {
            for token in tokens {
                guard let last = digests[token.request]?.last else { continue }
                digests[token.request]?.append(KVOracle.digest(last, token.token))
            }
            for id in try policy.complete(tokens) {
                digests[id] = nil
                ended += 1
            }
        }
        untold = []
    }
}
