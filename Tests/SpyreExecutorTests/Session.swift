import Foundation
import SpyreCheckpoint
import SpyreDevice
import SpyreExecutor
import SpyreGraph

/// One executor with one or several sequences, each in blocks of its own.
final class Session {
    let executor: SpyreExecutor
    private var contexts: [Int] = []
    private let blocksPerSequence: Int

    init(
        _ path: String, backend: Backend = .inductor, dtype: ModelDType = .float32,
        kvCacheDType: KVCacheDType = .auto, threads: Int = 2,
        isa: String? = nil,
        length: Int? = nil, sequences: Int = 8, stepRows: Int = 128
    ) throws {
        executor = try SpyreExecutor(
            checkpoint: try Checkpoint.open(path),
            options: ExecutorOptions(
                dtype: dtype, kvCacheDType: kvCacheDType, backend: backend, threads: threads, isa: isa,
                maximumModelLength: length, maximumSequences: sequences, maximumStepRows: stepRows))
        contexts = Array(repeating: 0, count: sequences)
        blocksPerSequence = ExecutorLimits.blocks(forTokens: executor.limits.maximumModelLength)
    }

    /// Instruction sets that this host runs.
    static let runnableISAs: [String] = ["reference", "avx2", "avx512"].filter { (name: String) in
        (try? Device(isa: name)) != nil
    }

    /// Appends tokens to sequences in one step. Gives the logits of every new token, or of the last one of each.
    func run(_ chunks: [(sequence: Int, tokens: [Int32])], allLogits: Bool = false) throws -> [[Float]] {
        var batch = ForwardBatch()
        for (sequence, tokens) in chunks {
            let first = 1 + sequence * blocksPerSequence
            let table = (first..<(first + blocksPerSequence)).map(Int32.init)
            for token in tokens {
                let position = contexts[sequence]
                batch.tokenIDs.append(token)
                batch.positions.append(Int32(position))
                batch.slots.append(table[position / 64] * 64 + Int32(position % 64))
                contexts[sequence] += 1
                if allLogits { batch.logitRows.append(Int32(batch.tokenIDs.count - 1)) }
            }
            if !allLogits { batch.logitRows.append(Int32(batch.tokenIDs.count - 1)) }
            batch.queryStarts.append(Int32(batch.tokenIDs.count))
            batch.contextLengths.append(Int32(contexts[sequence]))
            batch.blockTables.append(table)
        }
        let vocabulary = executor.limits.vocabularySize
        var logits = [Float](repeating: .nan, count: batch.logitRows.count * vocabulary)
        try logits.withUnsafeMutableBufferPointer { try executor.execute(batch, logits: $0) }
        return stride(from: 0, to: logits.count, by: vocabulary).map { Array(logits[$0..<($0 + vocabulary)]) }
    }

    // Plain loops over a pointer: debug builds run these over vocabularies.

    /// Index of the largest logit, the lowest among equals.
    static func argmax(_ logits: [Float]) -> Int32 {
        logits.withUnsafeBufferPointer { row in
            var best = 0
            var index = 1
            while index < row.count {
                if row[index] > row[best] { best = index }
                index += 1
            }
            return Int32(best)
        }
    }

    /// -ln softmax(logits)[token], in float64.
    static func negativeLogLikelihood(of token: Int32, _ logits: [Float]) -> Double {
        logits.withUnsafeBufferPointer { row in
            let maximum = Double(row[Int(argmax(logits))])
            var sum = 0.0
            var index = 0
            while index < row.count {
                sum += exp(Double(row[index]) - maximum)
                index += 1
            }
            return maximum + log(sum) - Double(row[Int(token)])
        }
    }

    /// Forgets what a sequence has read.
    func reset(_ sequence: Int) { contexts[sequence] = 0 }
}
