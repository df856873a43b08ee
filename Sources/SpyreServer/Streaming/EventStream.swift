import HTTPTypes
import Hummingbird
import NIOCore
import SpyreEngine

/// An answer in pieces: server-sent events (HTML standard, section 9.2), each `data:` and a line of JSON, as OpenAI's
/// clients read them. `data: [DONE]` ends it.
///
/// A request that fails on the way ends with an event that has the error, and without `[DONE]`: a stream that was cut short
/// must not look complete. How much is sent ahead of a slow client is bounded by the connection's send buffer: the writer
/// waits for room, the engine merges what was not read, and gives the request up when that grows too large.
struct EventStream: ~Copyable {
    private var writer: any ResponseBodyWriter

    private init(_ writer: any ResponseBodyWriter) { self.writer = writer }

    /// - Parameters:
    ///   - generation: given up when the client goes away.
    ///   - body: sends the events.
    static func response(
        _ generation: Generation, context: ServerContext,
        _ body: @escaping @Sendable (inout EventStream) async throws -> Void
    ) -> Response {
        let logger = context.logger
        let content = ResponseBody { writer in
            let state = await ConnectionGuard.state(of: context.channel)
            state?.watch { generation.cancel() }
            defer { state?.unwatch() }
            var events = EventStream(writer)
            do {
                try await body(&events)
                try await events.write(ByteBuffer(string: "data: [DONE]\n\n"))
            } catch let error as EngineError {
                logger.debug("stream ended early", metadata: ["error": "\(error)"])
                try await events.send { APIError(engine: error).write(to: &$0) }
            }
            try await events.writer.finish(nil)
        }
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-cache"], body: content)
    }

    /// Sends one event; waits while the client has too much unread.
    mutating func send(_ body: (inout JSONWriter) -> Void) async throws {
        var event = JSONWriter(ByteBuffer(staticString: "data: "))
        body(&event)
        var buffer = event.buffer
        buffer.writeStaticString("\n\n")
        try await write(buffer)
    }

    private mutating func write(_ buffer: ByteBuffer) async throws { try await writer.write(buffer) }
}
