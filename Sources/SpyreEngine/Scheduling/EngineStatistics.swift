import SpyreScheduler

/// What the steps of an engine have been, added up.
public struct EngineStatistics: Sendable, Equatable {
    public var steps = 0
    /// Token rows that were run.
    public var rows = 0
    /// The part of them whose logits gave a token.
    public var sampledTokens = 0
    /// How often a sequence was sent back for want of KV blocks.
    public var preemptions = 0
    /// Blocks of the KV cache that can be handed out.
    public var blockCapacity: Int
    /// The most of them that were in use at a time.
    public var peakBlocks = 0
    /// Seconds in the scheduler, in the executor, and in all of the step: the rest is sampling and output.
    public var schedulingSeconds = 0.0
    public var executionSeconds = 0.0
    public var stepSeconds = 0.0

    public init(blockCapacity: Int = 0) { self.blockCapacity = blockCapacity }

    mutating func note(
        _ step: ScheduledStep, usedBlocks: Int, scheduling: Duration, execution: Duration, total: Duration
    ) {
        steps += 1
        rows += step.tokenCount
        sampledTokens += step.items.count { $0.samples }
        peakBlocks = max(peakBlocks, usedBlocks)
        schedulingSeconds += scheduling / .seconds(1)
        executionSeconds += execution / .seconds(1)
        stepSeconds += total / .seconds(1)
    }

    /// Those of two runs of the same engine.
    public static func + (a: EngineStatistics, b: EngineStatistics) -> EngineStatistics {
        var sum = a
        sum.steps += b.steps
        sum.rows += b.rows
        sum.sampledTokens += b.sampledTokens
        sum.preemptions += b.preemptions
        sum.blockCapacity = b.blockCapacity
        sum.peakBlocks = max(a.peakBlocks, b.peakBlocks)
        sum.schedulingSeconds += b.schedulingSeconds
        sum.executionSeconds += b.executionSeconds
        sum.stepSeconds += b.stepSeconds
        return sum
    }
}
