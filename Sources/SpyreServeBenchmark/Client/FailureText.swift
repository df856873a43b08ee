import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix

/// Errors of the network as one line for people.
enum FailureText {
    static func reason(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError where error == .deadlineExceeded: "no answer in time"
        case let error as HTTPClientError where error == .connectTimeout: "no connection in time"
        case let error as HTTPClientError where error == .remoteConnectionClosed: "the server closed the connection"
        case let error as HTTPClientError: error.shortDescription
        case let error as IOError: String(cString: strerror(error.errnoCode)).lowercased()
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { reason($0.error) }
                ?? "the name \(error.host) is not known"
        default: "\(error)"
        }
    }
}
