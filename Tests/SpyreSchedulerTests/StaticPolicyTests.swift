import Testing

@testable import SpyreScheduler

@Suite struct StaticPolicyTests {
    /// Requests by prompt length and new tokens, and the batches that come of them.
    struct Example: Sendable, CustomTestStringConvertible {
        var shapes: String
        var requests: [(prompt: Int, new: Int)]
        var batches: [(ids: [Int], shape: String)]
        var testDescription: String { "\(shapes) \(requests)" }
    }

    static let examples = [
        Example(
            shapes: "64x20x4,128x20x2", requests: [(50, 20), (100, 20), (60, 20), (30, 20), (20, 20)],
            batches: [([0, 1], "128x20x2"), ([2, 3, 4], "64x20x4")]),
        // The smaller batch wins although the prompt is padded to 128.
        Example(shapes: "64x20x4,128x20x2", requests: [(50, 20)], batches: [([0], "128x20x2")]),
        Example(
            shapes: "4096x1024x1,1024x256x4", requests: Array(repeating: (900, 200), count: 5),
            batches: [([0, 1, 2, 3], "1024x256x4"), ([4], "4096x1024x1")]),
        Example(
            shapes: "4096x1024x1,1024x256x4", requests: [(900, 200), (2000, 500), (900, 200)],
            batches: [([0, 2], "1024x256x4"), ([1], "4096x1024x1")]),
        // Mixed numbers of new tokens go together: one row ends early.
        Example(
            shapes: "64x20x4,128x20x2", requests: [(10, 5), (20, 20), (30, 10), (40, 5)],
            batches: [([0, 1, 2, 3], "64x20x4")]),
    ]

    @Test(arguments: examples) func batches(_ example: Example) throws {
        var policy = try StaticPolicy(shapes: WarmupShape.list(example.shapes))
        for (id, size) in example.requests.enumerated() { try policy.add(request(id, size.prompt, new: size.new)) }
        for batch in example.batches {
            let longest = batch.ids.map { example.requests[$0].new }.max() ?? 0
            for number in 0..<longest {
                let step = try policy.step()
                #expect(step.staticBatch?.shape.description == batch.shape)
                #expect(step.ids == batch.ids.filter { example.requests[$0].new > number })
                let shape = try #require(step.staticBatch?.shape)
                #expect(step.tkv == shape.promptLength + number)
                #expect(
                    step.items.allSatisfy {
                        $0.leftPadding + example.requests[$0.request.number].prompt == shape.promptLength
                    })
            }
        }
        #expect(policy.isIdle)
        #expect(policy.pool.usedCount == 0)
        #expect(try policy.schedule() == ScheduledStep())
    }

    @Test func nothingIsPrefilledWhileABatchRuns() throws {
        var policy = try StaticPolicy(shapes: WarmupShape.list("64x20x4"))
        try policy.add(request(0, 10, new: 3))
        try policy.step()
        try policy.add(request(1, 10, new: 3))
        #expect(try policy.step().ids == [0])
        #expect(try policy.step().ids == [0])
        #expect(try policy.step().ids == [1])
    }

    @Test func rowsThatEndedAndRowsThatNobodyHas() throws {
        var policy = try StaticPolicy(shapes: WarmupShape.list("64x20x4"))
        try policy.add(request(0, 10, new: 1))
        try policy.add(request(1, 10, new: 6))
        try policy.add(request(2, 10, new: 6))
        #expect(try policy.step().staticBatch?.rows == [.item(0), .item(1), .item(2), .dummy])
        #expect(try policy.step().staticBatch?.rows == [.ended, .item(0), .item(1), .dummy])
        try policy.cancel(RequestID(1))
        #expect(try policy.step().staticBatch?.rows == [.ended, .ended, .item(0), .dummy])
        #expect(policy.pool.usedCount == 1)
    }

    @Test func whoFitsNoShapeIsToldWhichThereAre() throws {
        var policy = try StaticPolicy(shapes: WarmupShape.list("64x20x4,128x20x2"))
        for (prompt, new) in [(129, 1), (10, 21)] {
            do throws(RequestRefusal) {
                try policy.add(request(0, prompt, new: new))
                Issue.record("taken")
            } catch {
                #expect(
                    error.description
                        == "a prompt of \(prompt) tokens and \(new) new ones fits no warmup shape; there are 128x20x2, "
                        + "64x20x4 (prompt x new tokens x batch)")
            }
        }
        #expect(policy.isIdle)
    }

    @Test func newTokensFollowFromTheShapes() throws {
        let policy = try StaticPolicy(shapes: WarmupShape.list("64x40x4,128x20x2,192x30x1"))
        #expect([1, 64, 65, 128, 192].map { policy.maximumNewTokens(forPrompt: $0) } == [40, 40, 30, 30, 30])
        #expect(policy.maximumNewTokens(forPrompt: 193) == nil)
    }

    @Test func shapesFromTheEnvironment() throws {
        #expect(try WarmupShape.list(environment: [:]).map(\.description) == ["64x20x1"])
        let variables = [
            "VLLM_SPYRE_WARMUP_PROMPT_LENS": "64, 128", "VLLM_SPYRE_WARMUP_NEW_TOKENS": "20,10",
            "VLLM_SPYRE_WARMUP_BATCH_SIZES": "4,2",
        ]
        #expect(try WarmupShape.list(environment: variables).map(\.description) == ["64x20x4", "128x10x2"])
        var unequal = variables
        unequal["VLLM_SPYRE_WARMUP_NEW_TOKENS"] = "20"
        #expect(throws: ConfigurationError.self) { try WarmupShape.list(environment: unequal) }
        unequal["VLLM_SPYRE_WARMUP_NEW_TOKENS"] = "20,x"
        #expect(throws: ConfigurationError.self) { try WarmupShape.list(environment: unequal) }
    }

    @Test func shapesThatCannotBeAreRefused() throws {
        for text in ["", "64x20", "64x20x4,", "65x1x1", "64x0x1", "64x20x-1", "9999999999999x1x1", "ax20x4"] {
            #expect(throws: ConfigurationError.self, "\(text)") { try StaticPolicy(shapes: WarmupShape.list(text)) }
        }
        #expect(throws: ConfigurationError.noShapes) { try StaticPolicy(shapes: []) }
        #expect(throws: ConfigurationError.tooFewBlocks(needed: 8, capacity: 7)) {
            try StaticPolicy(shapes: WarmupShape.list("64x20x4"), pool: BlockPool(blockCount: 8))
        }
    }
}
