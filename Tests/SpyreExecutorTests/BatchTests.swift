import SpyreCheckpoint
import SpyreExecutor
import SpyreGraph
import SpyreTestSupport
import Testing

@Suite struct BatchTests {
    static func prompt(_ length: Int, seed: Int) -> [Int32] {
        (0..<length).map { Int32((seed * 31 + $0 * 17 + $0 * $0 * 7) % 120) }
    }

    /// A sequence alone, in a batch of eight with prompts mixed into decodes, and in other chunk sizes and thread
    /// counts: the same bits.
    @Test(arguments: ["llama-gqa", "llama-mqa-bf16", "llama-q4_1-q8_0.gguf", "granite"], Backend.allCases)
    func neighboursDoNotChangeBits(model: String, backend: Backend) throws {
        let path = Fixtures.path("micro/\(model)")
        let prompt = Self.prompt(70, seed: 1)
        let steps = 6
        func alone(threads: Int, chunk: Int) throws -> [[Float]] {
            let session = try Session(path, backend: backend, dtype: .auto, threads: threads, length: 128, sequences: 8)
            var results: [[Float]] = []
            for start in stride(from: 0, to: prompt.count, by: chunk) {
                results = try session.run([(0, Array(prompt[start..<min(start + chunk, prompt.count)]))])
            }
            for _ in 0..<steps { results += try session.run([(0, [Session.argmax(results[results.count - 1])])]) }
            return results
        }
        let reference = try alone(threads: 1, chunk: prompt.count)
        #expect(try alone(threads: 3, chunk: 13) == reference)

        let session = try Session(path, backend: backend, dtype: .auto, threads: 2, length: 128, sequences: 8)
        var neighbours: [[Int32]] = (0..<7).map { Self.prompt(1 + $0 * 5, seed: $0 + 2) }
        var results = [try session.run(neighbours.indices.map { ($0 + 1, neighbours[$0]) })]
        // The prompt arrives while the others decode, in two chunks.
        for chunk in [prompt[..<40], prompt[40...]] {
            neighbours = results[results.count - 1].suffix(7).map { [Session.argmax($0)] }
            results.append(try session.run([(0, Array(chunk))] + neighbours.indices.map { ($0 + 1, neighbours[$0]) }))
        }
        var mine = [results[results.count - 1][0]]
        for _ in 0..<steps {
            let next = results[results.count - 1].map { [Session.argmax($0)] }
            results.append(try session.run(next.indices.map { ($0, next[$0]) }))
            mine.append(results[results.count - 1][0])
        }
        #expect(mine == reference)
    }

    @Test func batchesAreChecked() throws {
        let executor = try SpyreExecutor(
            checkpoint: try Checkpoint.open(Fixtures.path("micro/llama-gqa")),
            options: ExecutorOptions(maximumModelLength: 128, maximumSequences: 2, maximumStepRows: 64))
        let good = ForwardBatch(
            tokenIDs: [1, 2], positions: [0, 1], slots: [64, 65], queryStarts: [0, 2], contextLengths: [2],
            blockTables: [[1]], logitRows: [1])
        var logits = [Float](repeating: 0, count: 2 * executor.limits.vocabularySize)
        func run(_ change: (inout ForwardBatch) -> Void) throws {
            var batch = good
            change(&batch)
            try logits.withUnsafeMutableBufferPointer { try executor.execute(batch, logits: $0) }
        }
        try run { _ in }
        let broken: [(inout ForwardBatch) -> Void] = [
            { $0.tokenIDs[0] = -1 }, { $0.tokenIDs[0] = 131 }, { $0.positions[1] = 128 }, { $0.positions = [0] },
            { $0.slots[0] = 1 << 20 }, { $0.slots[1] = 64 }, { $0.slots[1] = 1 }, { $0.positions[1] = 0 },
            { $0.slots = [] }, { $0.queryStarts = [0, 1] }, { $0.queryStarts = [1, 2] },
            { $0.contextLengths[0] = 1 }, { $0.contextLengths[0] = 129 }, { $0.contextLengths = [] },
            { $0.blockTables = [[]] }, { $0.blockTables = [[99]] }, { $0.blockTables = [[-1]] }, { $0.logitRows = [2] },
            { $0.logitRows = [-1] }, { $0.logitRows = [0, 1, 1] }, { $0 = ForwardBatch() },
        ]
        for (index, change) in broken.enumerated() {
            #expect(throws: ExecutorError.self, "case \(index)") { try run(change) }
        }
        try run { $0.slots[1] = -1 }
        try run { _ in }
    }

    @Test func optionsAreChecked() throws {
        let checkpoint = try Checkpoint.open(Fixtures.path("micro/llama-gqa"))
        for options in [
            ExecutorOptions(threads: 0), ExecutorOptions(maximumModelLength: 0),
            ExecutorOptions(maximumModelLength: 257), ExecutorOptions(maximumSequences: 0),
            ExecutorOptions(maximumStepRows: 0),
        ] {
            #expect(throws: ExecutorError.self) { try SpyreExecutor(checkpoint: checkpoint, options: options) }
        }
    }
}
