import Foundation
import Testing

@testable import SpyreScheduler

/// Random runs; `SPYRE_SCHEDULER_EVENTS` sets how many things happen in each (a million take a release build minutes),
/// `SPYRE_SCHEDULER_SEEDS` which runs, as in `4,5,6`.
@Suite struct RandomRunTests {
    private static let events = ProcessInfo.processInfo.environment["SPYRE_SCHEDULER_EVENTS"].flatMap(Int.init) ?? 6000
    static let seeds =
        ProcessInfo.processInfo.environment["SPYRE_SCHEDULER_SEEDS"].map {
            $0.split(separator: ",").compactMap { UInt64($0) }
        } ?? [1, 2, 3]

    private func check<Policy: InspectablePolicy>(
        _ policy: Policy, seed: UInt64, maximumPrompt: Int, maximumNew: Int, maximumLive: Int = 40,
        reporting: Double = 0, sharing: Double = 0, delaying: Double = 0.04,
        _ look: (RandomRun<Policy>) -> Void = { _ in }
    ) throws {
        var run = RandomRun(
            policy, seed: seed, maximumPrompt: maximumPrompt, maximumNew: maximumNew, maximumLive: maximumLive,
            reporting: reporting, sharing: sharing, delaying: delaying)
        let fault = try run.run(events: Self.events)
        #expect(fault == nil)
        #expect(run.ended > Self.events / 50, "\(run.ended)")
        #expect(run.cancelled > 0)
        #expect(run.mostWaiting > 1)
        look(run)
        if Self.events > 100_000 {
            print(
                "\(Policy.self): \(Self.events) events, \(run.steps) steps, \(run.ended) ended, \(run.cancelled) cancelled"
                    + (sharing > 0
                        ? ", \(run.forked) forked, \(run.copies) copies, \(run.promoted) promoted" : ""))
        }
    }

    /// A pool that is far too small, so that requests are sent back all the time.
    @Test(arguments: [ContinuousLimits.Order.firstCome, .priority], [true, false])
    func continuousWithSendingBack(_ order: ContinuousLimits.Order, _ caching: Bool) throws {
        for seed in Self.seeds {
            let policy = try ContinuousPolicy(
                limits: ContinuousLimits(
                    order: order, maximumSequences: 8, maximumStepTokens: 24, maximumModelLength: 64,
                    longPrefillTokens: seed % 3 == 2 ? 10 : nil, reservesPrompts: seed % 3 != 0),
                pool: BlockPool(blockCount: 21, blockTokens: 4, cachesPrefixes: caching))
            try check(policy, seed: seed, maximumPrompt: 40, maximumNew: 24) {
                #expect($0.final.preemptions > Self.events / 1000)
                #expect(($0.sharedTokens > 0) == caching)
            }
        }
    }

    @Test(arguments: seeds) func continuousWithoutChunks(_ seed: UInt64) throws {
        let policy = try ContinuousPolicy(
            limits: ContinuousLimits(
                maximumSequences: 6, maximumStepTokens: 64, maximumModelLength: 64, chunksPrompts: false,
                watermarkBlocks: 2),
            pool: BlockPool(blockCount: 40, blockTokens: 4))
        try check(policy, seed: seed, maximumPrompt: 40, maximumNew: 24)
    }

    /// Some requests want the logits of all rows of their prompts, of which a step gives few.
    @Test(arguments: seeds, [9, 14]) func continuousWithReportedPrompts(_ seed: UInt64, _ logitRows: Int) throws {
        let policy = try ContinuousPolicy(
            limits: ContinuousLimits(
                order: seed % 2 == 0 ? .priority : .firstCome, maximumSequences: 8, maximumStepTokens: 24,
                maximumLogitRows: logitRows, maximumModelLength: 64),
            pool: BlockPool(blockCount: 21, blockTokens: 4))
        try check(policy, seed: seed, maximumPrompt: 40, maximumNew: 24, reporting: 0.3)
    }

    /// Half of the requests have siblings; blocks that these share are copied before one writes to them.
    @Test(arguments: [ContinuousLimits.Order.firstCome, .priority], [true, false])
    func continuousWithSiblings(_ order: ContinuousLimits.Order, _ caching: Bool) throws {
        for seed in Self.seeds {
            // Of three seeds one has a pool that is far too small, one reports prompts with few rows of logits, and one
            // has blocks as long as most prompts.
            let policy = try ContinuousPolicy(
                limits: ContinuousLimits(
                    order: order, maximumSequences: 8, maximumStepTokens: 24,
                    maximumLogitRows: seed % 3 == 1 ? 9 : nil, maximumModelLength: 64,
                    longPrefillTokens: seed % 3 == 2 ? 10 : nil, reservesPrompts: seed % 3 != 0),
                pool: BlockPool(
                    blockCount: seed % 3 == 2 ? 8 : 21, blockTokens: seed % 3 == 2 ? 16 : 4, cachesPrefixes: caching))
            // With late tokens one can lose its blocks, and start over, before its siblings get their first ones.
            try check(
                policy, seed: seed, maximumPrompt: 40, maximumNew: 24, reporting: seed % 3 == 1 ? 0.3 : 0, sharing: 0.5,
                delaying: order == .priority ? 0.35 : 0.04
            ) {
                #expect($0.final.preemptions > Self.events / 1000)
                #expect(($0.sharedTokens > 0) == caching)
                #expect($0.forked > Self.events / 200, "\($0.forked)")
                #expect($0.copies > Self.events / 400, "\($0.copies)")
                #expect($0.promoted > 0)
            }
        }
    }

    @Test(arguments: seeds) func siblingsWithoutChunks(_ seed: UInt64) throws {
        let policy = try ContinuousPolicy(
            limits: ContinuousLimits(
                maximumSequences: 6, maximumStepTokens: 64, maximumModelLength: 64, chunksPrompts: false,
                watermarkBlocks: 2),
            pool: BlockPool(blockCount: 40, blockTokens: 4))
        try check(policy, seed: seed, maximumPrompt: 40, maximumNew: 24, sharing: 0.5) {
            #expect($0.copies > 0)
            #expect($0.promoted > 0)
        }
    }

    @Test(arguments: [true, false], [true, false]) func spyre(_ interleaves: Bool, _ pauses: Bool) throws {
        for seed in Self.seeds {
            let limits = SpyreLimits(
                maximumSequences: 5, maximumModelLength: 72, chunkTokens: 12, batchTKVLimit: 120,
                interleaves: interleaves, pauses: pauses, favoursLongOutputs: seed % 3 == 2)
            let policy = try SpyrePolicy(
                limits: limits, pool: BlockPool(blockCount: 50, blockTokens: 4, freedOrder: .first))
            try check(policy, seed: seed, maximumPrompt: 45, maximumNew: 24) {
                #expect($0.sharedTokens > 0)
                #expect(($0.final.pauseEvents > 0) == pauses)
            }
        }
    }

    @Test(arguments: seeds) func staticBatches(_ seed: UInt64) throws {
        let policy = try StaticPolicy(shapes: WarmupShape.list("64x20x4,128x8x2,64x30x1"))
        try check(policy, seed: seed, maximumPrompt: 130, maximumNew: 32)
    }
}
