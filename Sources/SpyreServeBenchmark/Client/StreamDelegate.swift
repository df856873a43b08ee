import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Receives one reply. Used on the client's event loop only, which `NIOLoopBoundBox` checks.
final class StreamDelegate: HTTPClientResponseDelegate {
    private static let longestError = 64 << 10

    private struct State {
        let start: NIODeadline
        var status: HTTPResponseStatus?
        var parser = ServerSentEventParser()
        var record = StreamRecord()
        var errorBody: [UInt8] = []
        var problem: RequestFailure?
    }

    private let state: NIOLoopBoundBox<State>

    /// - Parameter start: when the request is sent.
    init(loop: any EventLoop, start: NIODeadline) { state = NIOLoopBoundBox(State(start: start), eventLoop: loop) }

    /// Chunks of output so far.
    var chunks: Int { state.value.record.chunks }

    // MARK: Reply

    func didReceiveHead(task: HTTPClient.Task<Void>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        state.value.status = head.status
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<Void>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
        do throws(RequestFailure) {
            try receive(buffer)
            return task.eventLoop.makeSucceededVoidFuture()
        } catch {
            state.value.problem = error
            return task.eventLoop.makeFailedFuture(error)
        }
    }

    func didFinishRequest(task: HTTPClient.Task<Void>) throws {}

    private func receive(_ buffer: ByteBuffer) throws(RequestFailure) {
        let now = NIODeadline.now()
        guard state.value.status == .ok else {
            let room = Self.longestError - state.value.errorBody.count
            state.value.errorBody.append(contentsOf: buffer.readableBytesView.prefix(max(0, room)))
            return
        }
        let time = UInt64(max(0, (now - state.value.start).nanoseconds))
        // Taken out, so that what it calls may change the state.
        var (parser, record) = (state.value.parser, state.value.record)
        state.value.parser = ServerSentEventParser()
        state.value.record = StreamRecord()
        defer {
            state.value.parser = parser
            state.value.record = record
        }
        do throws(StreamProblem) {
            let bytes = [UInt8](buffer.readableBytesView)
            try parser.feed(bytes.span) { event throws(StreamProblem) in try record.receive(event: event, at: time) }
        } catch {
            switch error {
            case .malformed(let reason): throw RequestFailure(.brokenStream, reason)
            case .reported(let reason): throw RequestFailure(.streamError, reason)
            }
        }
    }

    // MARK: End

    /// What became of the request.
    ///
    /// - Parameter error: why it ended, if not as it should.
    func result(_ error: (any Error)?, promptTokens: Int?) -> Result<RequestTimings, RequestFailure> {
        let state = state.value
        if let problem = state.problem { return .failure(problem) }
        if let error { return .failure(Self.failure(error, hasHead: state.status != nil)) }
        guard state.status == .ok else {
            let code = Int(state.status?.code ?? 0)
            let text = ErrorMessage.text(state.errorBody)
            let reason = text.isEmpty ? state.status?.reasonPhrase ?? "" : text
            return .failure(RequestFailure(code == 429 ? .refused : .status(code), reason))
        }
        guard state.record.isComplete else {
            return .failure(RequestFailure(.brokenStream, "it ended without a finish reason"))
        }
        guard let firstToken = state.record.firstToken else {
            return .failure(RequestFailure(.brokenStream, "it has no token"))
        }
        return .success(RequestTimings(state.record, firstToken: firstToken, promptTokens: promptTokens))
    }

    private static func failure(_ error: any Error, hasHead: Bool) -> RequestFailure {
        let reason = FailureText.reason(error)
        if let error = error as? HTTPClientError, error == .deadlineExceeded || error == .readTimeout {
            return RequestFailure(.timeout, reason)
        }
        return RequestFailure(hasHead ? .brokenStream : .connection, reason)
    }
}
