/// Why a run could not begin. One line each.
package enum ServeError: Error, Equatable, CustomStringConvertible {
    case unreachable(address: String, reason: String)
    case noModel(address: String, reason: String)
    case warmUp(RequestFailure)
    case client(String)

    package var description: String {
        switch self {
        case .unreachable(let address, let reason):
            "cannot reach \(address): \(reason); start the server, or give another address with --base-url"
        case .noModel(let address, let reason):
            "\(address) does not say which model it serves: \(reason); name one with --model"
        case .warmUp(let failure): "the warm-up failed (\(failure.kind.name)): \(failure.reason)"
        case .client(let reason): reason
        }
    }
}
