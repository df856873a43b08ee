import Foundation
import Testing

@testable import SpyreScheduler

@Suite struct CaseTests {
    struct Cases: Decodable { var cases: [Case] }
    struct Case: Decodable {
        struct Request: Decodable {
            var id: String
            var prompt_len: Int
            var max_tokens: Int
            var arrival_step: Int
            var shared_prefix_with_0: Int
        }
        struct Row: Decodable, Equatable {
            var step: Int
            var tkv: Int
            var waiting: [String]
            var running: [String]
            var request_outputs: [String]
            var finished_requests: [String]
            var n_used_blocks: Int
            var n_reserved_blocks: Int
            var block_tables: [String: [Int32]]
            var prefill_slot_blocks: [String: [Int32]]?
        }
        var name: String
        var max_num_seqs: Int
        var max_model_len: Int
        var chunk: Int
        var usable_blocks: Int
        var batch_tkv_limit: Int
        var prefix_caching: Bool
        var interleave: Bool
        var requests: [Request]
        var steps: [Row]
    }

    static func token(_ r: Case.Request, _ index: Int, _ position: Int) -> Int32 {
        Int32(index == 0 || position < r.shared_prefix_with_0 ? position : index * 10000 + position)
    }

    static func run(_ c: Case) throws -> [Case.Row] {
        var policy = SpyrePolicy(
            limits: SpyreLimits(
                maximumSequences: c.max_num_seqs, maximumModelLength: c.max_model_len, chunkTokens: c.chunk,
                batchTKVLimit: c.batch_tkv_limit, interleaves: c.interleave),
            pool: BlockPool(
                blockCount: c.usable_blocks + 1, cachesPrefixes: c.prefix_caching, freedOrder: .first))
        var rows: [Case.Row] = []
        var step = ScheduledStep()
        var finished: [RequestID] = []
        for k in 0..<c.steps.count {
            if k > 0 {
                step = try policy.schedule()
                finished = try policy.complete(
                    step.items.filter(\.samples).map {
                        // What request 0 generates continues its pattern, so that others can share it.
                        let index = c.requests.firstIndex { r in Int(r.id) == $0.request.number } ?? 0
                        return SampledToken(
                            request: $0.request, token: Self.token(c.requests[index], index, $0.start + $0.count))
                    })
            }
            for (index, r) in c.requests.enumerated() where r.arrival_step == k {
                let prompt = (0..<r.prompt_len).map { Self.token(r, index, $0) }
                try policy.add(
                    SchedulerRequest(id: RequestID(Int(r.id)!), prompt: prompt, maximumNewTokens: r.max_tokens))
            }
            let slots = step.items.first { !$0.slotBlocks.isEmpty }.map { [$0.request.description: $0.slotBlocks] }
            rows.append(
                Case.Row(
                    step: k, tkv: step.tkv, waiting: policy.waiting.map(\.description),
                    running: policy.running.map(\.description),
                    request_outputs: step.items.filter(\.samples).map(\.request.description),
                    finished_requests: finished.map(\.description), n_used_blocks: policy.pool.usedCount,
                    n_reserved_blocks: policy.reservedBlocks,
                    block_tables: Dictionary(
                        uniqueKeysWithValues: policy.running.map {
                            ($0.description, policy.sequences[$0]?.state.blocks ?? [])
                        }), prefill_slot_blocks: slots))
        }
        return rows
    }

    @Test func publishedCases() throws {
        let url = URL(fileURLWithPath: "/work/shared/reference/scheduler-cases.json")
        for c in try JSONDecoder().decode(Cases.self, from: Data(contentsOf: url)).cases {
            for (row, wanted) in zip(try Self.run(c), c.steps) { #expect(row == wanted, "\(c.name) \(wanted.step)") }
        }
    }
}
