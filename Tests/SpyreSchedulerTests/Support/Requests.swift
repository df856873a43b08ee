@testable import SpyreScheduler

/// A request with tokens of its own, behind `shared` tokens that all have.
func request(
    _ id: Int, _ length: Int, new: Int = 16, shared: Int = 0, priority: Int = 0, arrival: Double = 0,
    salt: String? = nil
) -> SchedulerRequest {
    let prompt = (0..<length).map { Int32($0 < shared ? $0 : 1000 * (id + 1) + $0) }
    return SchedulerRequest(
        id: RequestID(id), prompt: prompt, maximumNewTokens: new, priority: priority, arrival: arrival,
        identity: PrefixIdentity(model: "m", salt: salt))
}

extension ScheduledStep {
    /// Tokens of each request.
    var counts: [Int: Int] {
        Dictionary(items.map { ($0.request.number, $0.count) }, uniquingKeysWith: { a, b in a + b })
    }
    var ids: [Int] { items.map(\.request.number) }
}

extension SchedulingPolicy {
    /// A step whose samples are all the same token.
    @discardableResult
    mutating func step(token: Int32 = 7) throws -> ScheduledStep {
        let step = try schedule()
        try complete(step.items.filter(\.samples).map { SampledToken(request: $0.request, token: token) })
        return step
    }

    /// Steps until something is so.
    /// - Throws: `Endless` when it is not after `limit` steps, so that a policy that stands still fails its test.
    mutating func steps(until isDone: (Self) -> Bool, limit: Int = 10_000) throws {
        for _ in 0..<limit {
            if isDone(self) { return }
            try step()
        }
        throw Endless(limit: limit)
    }

    mutating func stepsToTheEnd() throws { try steps(until: \.isIdle) }

    func blocks(_ id: Int) -> [Int32] { blocks(of: RequestID(id)) }
}

/// A loop of a test that should have ended long before.
struct Endless: Error, CustomStringConvertible {
    var limit: Int
    var description: String { "it has not ended after \(limit) rounds" }
}

/// A continuous policy with vLLM's defaults in its tests: 16 sequences, 8192 tokens, 10 000 blocks of 16.
func continuous(
    blocks: Int = 10_000, blockTokens: Int = 16, sequences: Int = 16, budget: Int = 8192, length: Int = 8192,
    longPrefill: Int? = nil, chunks: Bool = true, caching: Bool = true, order: ContinuousLimits.Order = .firstCome
) throws -> ContinuousPolicy {
    try ContinuousPolicy(
        limits: ContinuousLimits(
            order: order, maximumSequences: sequences, maximumStepTokens: budget, maximumModelLength: length,
            longPrefillTokens: longPrefill, chunksPrompts: chunks),
        pool: BlockPool(blockCount: blocks, blockTokens: blockTokens, cachesPrefixes: caching))
}
