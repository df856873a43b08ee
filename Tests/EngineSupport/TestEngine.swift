import SpyreCheckpoint
import SpyreEngine
import SpyreExecutor

/// Puts an engine together from the pieces of the tests.
package enum TestEngine {
    package static func limits(
        rows: Int = 64, sequences: Int = 8, logitRows: Int? = nil, modelLength: Int = 512, blocks: Int = 65
    ) -> ExecutorLimits {
        ExecutorLimits(
            maximumRows: rows, maximumSequences: sequences, maximumLogitRows: logitRows ?? max(rows, sequences),
            maximumModelLength: modelLength, blockCount: blocks, vocabularySize: ByteTokenizer.vocabularySize)
    }

    package static let configuration = ModelConfiguration(
        vocabularySize: ByteTokenizer.vocabularySize, hiddenSize: 8, intermediateSize: 8, layerCount: 1, headCount: 1,
        maximumPositions: 1024)

    package static func make(
        _ model: ToyModel = .hashed, limits: ExecutorLimits = limits(), tokenizer: ByteTokenizer = ByteTokenizer(),
        scheduling: SchedulingConfiguration = SchedulingConfiguration()
    ) -> (llm: LLM, executor: FakeExecutor) {
        let executor = FakeExecutor(limits, model: model)
        let llm = LLM(
            executor: executor, tokenizer: tokenizer, configuration: configuration, scheduling: scheduling)
        return (llm, executor)
    }

    package static func llm(
        _ model: ToyModel = .hashed, limits: ExecutorLimits = limits(), tokenizer: ByteTokenizer = ByteTokenizer(),
        scheduling: SchedulingConfiguration = SchedulingConfiguration()
    ) -> LLM {
        make(model, limits: limits, tokenizer: tokenizer, scheduling: scheduling).llm
    }
}
