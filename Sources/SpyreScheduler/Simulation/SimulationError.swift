/// Why a simulation cannot be run.
package enum SimulationError: Error, Equatable, CustomStringConvertible {
    case badRequest(case: String, id: String, reason: String)
    case badCase(String, reason: String)
    case duplicateID(case: String, id: String)
    case tooManySteps(Int)
    case stuck(step: Int, waiting: Int)
    case noProgress(step: Int, steps: Int)
    case badTrace(request: Int, reason: String)

    package var description: String {
        switch self {
        case .badRequest(let name, let id, let reason): "case \(name), request \(id): \(reason)"
        case .badCase(let name, let reason): "case \(name): \(reason)"
        case .duplicateID(let name, let id): "case \(name): there are two requests \(id); give each its own id"
        case .tooManySteps(let count): "it has not ended after \(count) steps; give fewer or shorter requests"
        case .stuck(let step, let waiting):
            "step \(step) runs nothing although \(waiting) requests wait; this is an error of the policy"
        case .noProgress(let step, let steps):
            "the \(steps) steps before step \(step) gave no token to anybody; this is an error of the policy"
        case .badTrace(let request, let reason): "request \(request) of the trace: \(reason)"
        }
    }
}
