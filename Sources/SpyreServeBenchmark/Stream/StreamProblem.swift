/// Why a stream cannot be read further.
package enum StreamProblem: Error, Equatable, Sendable {
    /// It is not what a server of this kind sends.
    case malformed(String)
    /// The server sent an error instead of tokens.
    case reported(String)
}
