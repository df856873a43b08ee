import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// Connections to one server. Everything happens on one event loop, so that nothing waits for another thread between
/// the arrival of a token and the note of its time.
package final class ModelClient: Sendable {
    private static let greatestList = 4 << 20

    let loop: any EventLoop
    private let http: HTTPClient
    private let group: MultiThreadedEventLoopGroup
    private let address: ServerAddress
    private let headers: HTTPHeaders

    /// - Parameters:
    ///   - key: goes into the Authorization header and nowhere else.
    ///   - connections: more are never open at a time.
    package init(address: ServerAddress, key: String?, connections: Int) {
        self.address = address
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        loop = group.any()
        var configuration = HTTPClient.Configuration()
        configuration.httpVersion = .http1Only
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: .seconds(10))
        // A server that is not there is to be told at once, and one that is overwhelmed too.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(1, connections)
        http = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: configuration)
        var headers: HTTPHeaders = ["Content-Type": "application/json", "Accept": "text/event-stream"]
        if let key { headers.add(name: "Authorization", value: "Bearer \(key)") }
        self.headers = headers
    }

    /// Closes all connections.
    package func shutdown() async throws {
        try await http.shutdown()
        try await group.shutdownGracefully()
    }

    /// The first model that the server has.
    ///
    /// - Returns: nil when the server is there, but does not say it; the reason comes with it.
    package func firstModel(timeout: Double) async throws(ServeError) -> Result<String, ServeError> {
        let response: HTTPClient.Response
        do {
            var request = try HTTPClient.Request(url: address.url("/v1/models"), headers: headers)
            request.headers.replaceOrAdd(name: "Accept", value: "application/json")
            let deadline = NIODeadline.now() + .nanoseconds(Int64(timeout * 1e9))
            response = try await http.execute(request: request, deadline: deadline).get()
        } catch {
            throw .unreachable(address: address.base, reason: FailureText.reason(error))
        }
        func failure(_ reason: String) -> Result<String, ServeError> {
            .failure(.noModel(address: address.base, reason: reason))
        }
        let bytes = response.body.map { [UInt8]($0.readableBytesView.prefix(Self.greatestList)) } ?? []
        guard response.status == .ok else {
            return failure("/v1/models answered status \(response.status.code): \(ErrorMessage.text(bytes))")
        }
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)),
            case .array(let models)? = value["data"], case .string(let name)? = models.first?["id"]
        else { return failure("the answer of /v1/models has no data[0].id") }
        return .success(name)
    }

    /// Makes the head of what will be sent many times.
    func request(to endpoint: CompletionEndpoint) throws -> HTTPClient.Request {
        try HTTPClient.Request(url: address.url(endpoint.path), method: .POST, headers: headers)
    }

    /// Sends a request. On the event loop, where the delegate is called too.
    func send(_ request: HTTPClient.Request, _ delegate: StreamDelegate, timeout: TimeAmount) -> EventLoopFuture<Void> {
        http.execute(
            request: request, delegate: delegate, eventLoop: .delegateAndChannel(on: loop),
            deadline: .now() + timeout
        ).futureResult
    }
}
