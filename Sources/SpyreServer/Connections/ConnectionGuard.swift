import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Watches one connection: tells when its client has gone, and closes it on clients that send or read too slowly.
///
/// A client that closes its side has gone, even if it could still read: its requests are given up at once.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    let state = ConnectionState()
    private let readLimit: TimeAmount
    private let writeLimit: TimeAmount
    private var readTimer: Scheduled<Void>?
    private var writeTimer: Scheduled<Void>?
    /// A response is under way: a second one must not begin.
    private var isResponding = false

    init(readLimit: Duration, writeLimit: Duration) {
        self.readLimit = TimeAmount(readLimit)
        self.writeLimit = TimeAmount(writeLimit)
    }

    /// The state of a connection that has this handler; nil for one without, as in tests of routes.
    static func state(of channel: any Channel) async -> ConnectionState? {
        try? await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.handler(type: ConnectionGuard.self).state
        }.get()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: startReadTimer(context)
        case .end: stopReadTimer()
        case .body: break
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head: isResponding = true
        case .end: isResponding = false
        case .body: break
        }
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        writeTimer?.cancel()
        writeTimer = nil
        if !context.channel.isWritable {
            let channel = context.channel
            writeTimer = context.eventLoop.scheduleTask(in: writeLimit) { channel.close(promise: nil) }
        }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        guard let event = event as? ChannelEvent, event == .inputClosed else { return }
        state.markGone()
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        stopReadTimer()
        writeTimer?.cancel()
        writeTimer = nil
        state.markGone()
        context.fireChannelInactive()
    }

    private func startReadTimer(_ context: ChannelHandlerContext) {
        stopReadTimer()
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        readTimer = context.eventLoop.scheduleTask(in: readLimit) {
            let (handler, context) = bound.value
            handler.refuseSlowSender(context)
        }
    }

    private func stopReadTimer() {
        readTimer?.cancel()
        readTimer = nil
    }

    private func refuseSlowSender(_ context: ChannelHandlerContext) {
        if !isResponding {
            var head = HTTPResponse(status: .requestTimeout)
            head.headerFields[.connection] = "close"
            head.headerFields[.contentLength] = "0"
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
        context.close(promise: nil)
    }
}
