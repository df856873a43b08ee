import SpyreDevice
import SpyreGraph

/// What makes a model take less memory.
let memoryAdvice = "use --dtype auto or bfloat16, or a smaller --max-model-len or --max-num-seqs"

/// Runs a call of the graph layer and throws its failure as the executor's.
func graphCall<R>(_ body: () throws(GraphError) -> R) throws(ExecutorError) -> R {
    do throws(GraphError) {
        return try body()
    } catch {
        switch error {
        case .device(let failure) where failure.isOutOfMemory:
            throw .outOfMemory(what: "the model's weights, cache and workspace", bytes: 0, advice: memoryAdvice)
        case .device(let failure): throw .device(failure)
        case .outOfMemory(let bytes, let available):
            throw .outOfMemory(
                what: "weights and workspace", bytes: bytes,
                advice: "\(available / 1_048_576) MiB are free; \(memoryAdvice)")
        case .unpreparedShape(let shape, let prepared):
            throw .unpreparedShape(
                rows: shape.rows, sequences: shape.sequences, logitRows: shape.logitRows,
                prepared: prepared.map(\.description).joined(separator: ", "))
        case .parameter: throw .checkpoint(error.description)
        case .malformed: throw .inconsistent(error.description)
        }
    }
}
