import NIOCore
import NIOHTTP1
import NIOPosix

/// A small client over a real socket: one connection for each request, unless it is told to keep it.
struct HTTPClient: Sendable {
    let port: Int

    typealias Connection = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    func connect() async throws -> Connection {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                }
            }
    }

    func get(_ path: String) async throws -> HTTPAnswer { try await send(.GET, path) }

    func post(_ path: String, _ body: String, headers: [(String, String)] = []) async throws -> HTTPAnswer {
        try await send(.POST, path, body: Array(body.utf8), headers: headers)
    }

    func send(
        _ method: HTTPMethod, _ path: String, body: [UInt8] = [], headers: [(String, String)] = []
    ) async throws -> HTTPAnswer {
        try await connect().executeThenClose { inbound, outbound in
            try await Self.write(method, path, body, headers, to: outbound)
            var iterator = inbound.makeAsyncIterator()
            return try await Self.read(&iterator)
        }
    }

    /// Reads a stream until `isEnough`, and closes the connection.
    func read(
        _ path: String, _ body: String, until isEnough: @Sendable (HTTPAnswer) -> Bool
    ) async throws -> HTTPAnswer {
        try await connect().executeThenClose { inbound, outbound in
            try await Self.write(.POST, path, Array(body.utf8), [], to: outbound)
            var answer = HTTPAnswer()
            for try await part in inbound {
                Self.note(part, in: &answer)
                if isEnough(answer) { break }
            }
            return answer
        }
    }

    static func write(
        _ method: HTTPMethod, _ path: String, _ body: [UInt8], _ headers: [(String, String)],
        to outbound: NIOAsyncChannelOutboundWriter<HTTPClientRequestPart>
    ) async throws {
        var fields = HTTPHeaders([("Host", "localhost"), ("Content-Length", "\(body.count)")])
        for (name, value) in headers { fields.replaceOrAdd(name: name, value: value) }
        try await outbound.write(.head(HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: fields)))
        if !body.isEmpty { try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: body)))) }
        try await outbound.write(.end(nil))
    }

    static func read(
        _ iterator: inout NIOAsyncChannelInboundStream<HTTPClientResponsePart>.AsyncIterator
    ) async throws -> HTTPAnswer {
        var answer = HTTPAnswer()
        while let part = try await iterator.next() {
            note(part, in: &answer)
            if case .end = part { break }
        }
        return answer
    }

    private static func note(_ part: HTTPClientResponsePart, in answer: inout HTTPAnswer) {
        switch part {
        case .head(let head):
            answer.status = Int(head.status.code)
            for (name, value) in head.headers { answer.headers[name.lowercased()] = value }
        case .body(let buffer): answer.body.append(contentsOf: buffer.readableBytesView)
        case .end: break
        }
    }
}
