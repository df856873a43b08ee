/// Why a request did not get its whole reply.
package struct RequestFailure: Error, Sendable, Equatable {
    package enum Kind: Sendable, Hashable {
        /// Status 429: the server has too much to do.
        case refused
        /// Any other status than 200.
        case status(Int)
        /// No complete reply in the time that it was given.
        case timeout
        /// The stream ended before it was complete, or was not one.
        case brokenStream
        /// The server sent an error in the stream.
        case streamError
        /// No connection, or it ended before a reply began.
        case connection

        /// The name in results.
        package var name: String {
            switch self {
            case .refused: "refused_429"
            case .status(let code): "http_\(code)"
            case .timeout: "timeout"
            case .brokenStream: "broken_stream"
            case .streamError: "stream_error"
            case .connection: "connection"
            }
        }
    }

    package let kind: Kind
    /// One line, maybe of the server's own.
    package let reason: String

    package init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }
}
