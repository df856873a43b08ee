import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A server on a free port of this computer that answers as the test says.
package final class ScriptedServer: Sendable {
    /// What was asked.
    package struct Question: Sendable {
        /// The number of the request among those with a body, from 0 on.
        package var number: Int
        package var path: String
        package var authorization: String?
        package var body: String
    }

    package enum Part: Sendable {
        case wait(milliseconds: Int)
        case text(String)
        /// The connection ends here, in the middle of the body.
        case cut
    }

    package struct Answer: Sendable {
        package var status: HTTPResponseStatus
        package var parts: [Part]

        package init(status: HTTPResponseStatus = .ok, parts: [Part]) {
            self.status = status
            self.parts = parts
        }
    }

    package let port: Int
    private let group: MultiThreadedEventLoopGroup
    private let channel: any Channel
    private let asked: Questions

    /// All that was asked with a body, in the order in which it came.
    package var questions: [Question] { asked.all.withLock { $0 } }
    /// The most requests that were answered at a time.
    package var peak: Int { asked.peak.withLock { $0 } }

    private final class Questions: Sendable {
        let all = Mutex<[Question]>([])
        let running = Mutex(0)
        let peak = Mutex(0)
    }

    package init(_ answer: @escaping @Sendable (Question) -> Answer) async throws {
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let asked = Questions()
        self.asked = asked
        channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.pipeline.configureHTTPServerPipeline().flatMapThrowing {
                    try channel.pipeline.syncOperations.addHandler(AnswerHandler(asked, answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    package func close() async throws {
        try await channel.close()
        try await group.shutdownGracefully()
    }

    private final class AnswerHandler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let asked: Questions
        private let answer: @Sendable (Question) -> Answer
        private var head: HTTPRequestHead?
        private var body = ""

        init(_ asked: Questions, _ answer: @escaping @Sendable (Question) -> Answer) {
            self.asked = asked
            self.answer = answer
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                self.head = head
                body = ""
            case .body(let bytes): body += String(buffer: bytes)
            case .end:
                guard let head else { return }
                var question = Question(
                    number: -1, path: head.uri, authorization: head.headers["Authorization"].first, body: body)
                if head.method == .POST {
                    question.number = asked.all.withLock {
                        $0.append(question)
                        return $0.count - 1
                    }
                }
                let running = asked.running.withLock {
                    $0 += 1
                    return $0
                }
                asked.peak.withLock { $0 = max($0, running) }
                let reply = answer(question)
                let status = HTTPResponseHead(
                    version: .http1_1, status: reply.status, headers: ["Content-Type": "text/event-stream"])
                context.writeAndFlush(wrapOutboundOut(.head(status)), promise: nil)
                write(reply.parts[...], context)
            }
        }

        private func write(_ parts: ArraySlice<Part>, _ context: ChannelHandlerContext) {
            guard context.channel.isActive else { return end() }
            switch parts.first {
            case nil:
                end()
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            case .cut:
                end()
                context.close(promise: nil)
            case .text(let text):
                let bytes = context.channel.allocator.buffer(string: text)
                context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil)
                write(parts.dropFirst(), context)
            case .wait(let milliseconds):
                context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(Int64(milliseconds))) {
                    self.write(parts.dropFirst(), context)
                }
            }
        }

        private func end() { asked.running.withLock { $0 -= 1 } }
    }
}

extension ScriptedServer.Answer {
    /// A completion of so many tokens with so many milliseconds before the first and between the others.
    package static func tokens(
        _ count: Int, first: Int, gap: Int, prompt: Int = 7, usage: Bool = true, done: Bool = true
    ) -> Self {
        var parts: [ScriptedServer.Part] = [.wait(milliseconds: first)]
        for place in 0..<count {
            if place > 0 { parts.append(.wait(milliseconds: gap)) }
            let reason = place + 1 == count ? "\"length\"" : "null"
            parts.append(
                .text("data: {\"choices\":[{\"text\":\"t\(place) \",\"finish_reason\":\(reason)}]}\r\n\r\n: ping\n\n"))
        }
        if usage {
            parts.append(
                .text(
                    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":\(prompt),\"completion_tokens\":\(count)}}\n\n")
            )
        }
        if done { parts.append(.text("data: [DONE]\n\n")) }
        return Self(parts: parts)
    }

    package static func error(_ status: HTTPResponseStatus, _ message: String) -> Self {
        Self(status: status, parts: [.text("{\"error\":{\"message\":\"\(message)\"}}")])
    }

    package static func models(_ names: String...) -> Self {
        let list = names.map { "{\"id\":\"\($0)\"}" }.joined(separator: ",")
        return Self(parts: [.text("{\"object\":\"list\",\"data\":[\(list)]}")])
    }
}
