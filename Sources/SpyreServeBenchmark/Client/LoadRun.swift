import AsyncHTTPClient
import DequeModule
import Foundation
import NIOCore
import Synchronization

/// Sends the requests of a plan and collects what becomes of them. All of it happens on the client's event loop.
package final class LoadRun: Sendable {
    private struct Arrival {
        let index: Int
        let scheduled: Double
        let arrived: Double
    }

    private struct State {
        var start = NIODeadline.now()
        var nextArrival = 0
        var waiting: Deque<Arrival> = []
        var running = 0
        var outcomes: [RequestOutcome] = []
        var chunks = 0
        var unsent = 0
        /// Whether nothing more arrives.
        var isOver = false
        var hasEnded = false
        var processorSeconds = 0.0
    }

    private let client: ModelClient
    private let plan: LoadPlan
    private let source: any RequestSource
    private let firstIndex: Int
    private let template: RequestTemplate
    private let head: HTTPClient.Request
    private let timeout: TimeAmount
    private let promise: EventLoopPromise<RunResult>
    private let state: NIOLoopBoundBox<State>
    private let published = Mutex(LoadProgress())

    /// - Parameter firstIndex: the number of the first request.
    package init(
        client: ModelClient, plan: LoadPlan, source: any RequestSource, template: RequestTemplate,
        endpoint: CompletionEndpoint, firstIndex: Int = 0
    ) throws {
        self.client = client
        self.plan = plan
        self.source = source
        self.template = template
        self.firstIndex = firstIndex
        head = try client.request(to: endpoint)
        timeout = .nanoseconds(Int64(plan.timeout * 1e9))
        promise = client.loop.makePromise()
        state = .makeBoxSendingValue(State(), eventLoop: client.loop)
    }

    /// How far it is, from any thread.
    package var progress: LoadProgress { published.withLock { $0 } }

    /// Runs to the end. Once only.
    package func result() async throws -> RunResult {
        client.loop.execute { self.begin() }
        return try await promise.futureResult.get()
    }

    // MARK: Arrivals

    private func begin() {
        state.value.processorSeconds = ProcessorTime.seconds()
        state.value.start = .now()
        if let seconds = plan.greatestSeconds {
            client.loop.scheduleTask(in: .nanoseconds(Int64(seconds * 1e9))) { self.timeIsUp() }
        }
        switch plan.arrivals {
        case .open(let schedule): receiveDue(schedule)
        case .closed:
            for _ in 0..<(plan.concurrency ?? 1) { arriveNow() }
        }
        endIfDone()
    }

    /// Takes all requests whose time has come, and sleeps until the next.
    private func receiveDue(_ schedule: ArrivalSchedule) {
        while !state.value.isOver, state.value.nextArrival < schedule.offsets.count {
            let offset = schedule.offsets[state.value.nextArrival]
            guard offset <= elapsed else {
                client.loop.scheduleTask(deadline: state.value.start + .nanoseconds(Int64(offset * 1e9))) {
                    self.receiveDue(schedule)
                }
                return
            }
            arrive(scheduled: offset)
        }
        state.value.isOver = true
        endIfDone()
    }

    private func arriveNow() { arrive(scheduled: elapsed) }

    private func arrive(scheduled: Double) {
        // A timer may fire a few nanoseconds early by the clock's rounding.
        let arrival = Arrival(index: state.value.nextArrival, scheduled: scheduled, arrived: max(scheduled, elapsed))
        state.value.nextArrival += 1
        if let concurrency = plan.concurrency, state.value.running >= concurrency {
            state.value.waiting.append(arrival)
        } else {
            send(arrival)
        }
        publish()
    }

    private func timeIsUp() {
        state.value.isOver = true
        state.value.unsent += state.value.waiting.count
        state.value.waiting.removeAll()
        endIfDone()
    }

    // MARK: Requests

    private func send(_ arrival: Arrival) {
        let request = source.request(firstIndex + arrival.index)
        var message = head
        message.body = .byteBuffer(ByteBuffer(bytes: template.body(request)))
        state.value.running += 1
        let start = NIODeadline.now()
        let sent = seconds(of: start)
        let delegate = StreamDelegate(loop: client.loop, start: start)
        client.send(message, delegate, timeout: timeout).whenComplete { result in
            var error: (any Error)?
            if case .failure(let failure) = result { error = failure }
            let outcome = delegate.result(error, promptTokens: request.prompt.tokenCount)
            let ended = (try? outcome.get()).map { sent + $0.endToEnd } ?? self.elapsed
            self.state.value.chunks += delegate.chunks
            self.state.value.outcomes.append(
                RequestOutcome(
                    index: arrival.index, scheduled: arrival.scheduled, arrived: arrival.arrived,
                    sent: max(sent, arrival.arrived),
                    ended: ended, result: outcome))
            // Not from here: a request that fails at once would call the next one from within itself.
            self.client.loop.execute { self.release() }
        }
    }

    /// One request is over; the next has its place.
    private func release() {
        state.value.running -= 1
        // Its timer may be behind what came from the network.
        if let seconds = plan.greatestSeconds, elapsed >= seconds { timeIsUp() }
        if let next = state.value.waiting.popFirst() {
            send(next)
        } else if case .closed = plan.arrivals, !state.value.isOver {
            arriveNow()
        }
        publish()
        endIfDone()
    }

    private func endIfDone() {
        let state = self.state.value
        guard state.isOver, state.running == 0, state.waiting.isEmpty, !state.hasEnded else { return }
        self.state.value.hasEnded = true
        promise.succeed(
            RunResult(
                outcomes: state.outcomes, duration: elapsed, unsent: state.unsent,
                clientProcessorSeconds: ProcessorTime.seconds() - state.processorSeconds, chunks: state.chunks))
    }

    // MARK: Time

    private var elapsed: Double { seconds(of: .now()) }

    private func seconds(of time: NIODeadline) -> Double { Double((time - state.value.start).nanoseconds) * 1e-9 }

    private func publish() {
        let state = self.state.value
        let progress = LoadProgress(
            ended: state.outcomes.count, running: state.running, waiting: state.waiting.count, seconds: elapsed)
        published.withLock { $0 = progress }
    }
}
