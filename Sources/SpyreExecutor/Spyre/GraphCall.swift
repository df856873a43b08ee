import SpyreDevice
import SpyreGraph

/// Runs a call of the graph layer and throws its failure as the executor's.
func graphCall<R>(_ body: () throws(GraphError) -> R) throws(ExecutorError) -> R {
    do throws(GraphError) {
        return try body()
    } catch {
        switch error {
        case .device(let failure): throw .device(failure)
        case .unpreparedShape(let shape, let prepared):
            throw .unpreparedShape(
                rows: shape.rows, sequences: shape.sequences, logitRows: shape.logitRows,
                prepared: prepared.map(\.description).joined(separator: ", "))
        case .parameter, .malformed: throw .unsupportedModel(error.description)
        }
    }
}
