import Foundation
import Logging
import NIOCore
import ServiceLifecycle
import SpyreEngine
import SpyreServer
import UnixSignals

/// Serves until a signal, or until the engine fails.
struct ServingRun: Sendable {
    struct Ending: Sendable {
        var exitCode: Int32 = 0
        /// Why the engine could not go on.
        var failure: String?
    }

    let service: ModelService
    let events: ServingEvents
    let shutdownTimeout: Duration
    private let logger = Logger(label: "spyre.serve")

    init(service: ModelService, events: ServingEvents, shutdownTimeout: Duration) {
        self.service = service
        self.events = events
        self.shutdownTimeout = shutdownTimeout
    }

    func callAsFunction() async throws -> Ending {
        // A client that goes away while it is written to is no reason to end.
        signal(SIGPIPE, SIG_IGN)
        let configuration = service.configuration
        let server = ModelServer(service: service) { port in
            StandardError.write(
                "spyre: serving \(configuration.modelNames.joined(separator: ", ")) on "
                    + "http://\(configuration.host):\(port)\n")
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(
                        service: server, successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .gracefullyShutdownGroup)
                ], logger: logger))
        // Before anybody is told that the server is there: a signal must find it listening.
        let trapped = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let signals = Task { await send(trapped) }
        let supervision = Task { await supervise(group) }
        defer {
            signals.cancel()
            supervision.cancel()
        }
        do {
            try await group.run()
        } catch let error as IOError {
            throw CommandFailure(
                "cannot listen on \(configuration.host):\(configuration.port): "
                    + "\(String(cString: strerror(error.errnoCode))); choose another --port or --host")
        }
        await service.engine.stop()
        supervision.cancel()
        return await supervision.value
    }

    private func send(_ signals: UnixSignalsSequence) async {
        for await signal in signals {
            events.send(.signal(exitCode: signal == .sigint ? Interruption.exitCode : 128 + SIGTERM))
        }
    }

    /// The first signal drains, the second one stops what is running, the third one does not wait for that either.
    private func supervise(_ group: ServiceGroup) async -> Ending {
        var ending = Ending()
        var count = 0
        for await event in events.stream {
            switch event {
            case .engineFailed(let reason):
                ending.failure = reason
                await group.triggerGracefulShutdown()
            case .timeIsOver:
                logger.warning("the time for draining is over, stopping the requests that are left")
                Task { await service.engine.stop() }
            case .signal(let code):
                count += 1
                switch count {
                case 1:
                    logger.notice("draining; a second signal stops the requests that are running")
                    Task { await service.engine.drain() }
                    Task {
                        try await Task.sleep(for: shutdownTimeout)
                        events.send(.timeIsOver)
                    }
                    await group.triggerGracefulShutdown()
                case 2:
                    logger.warning("stopping the requests that are running")
                    ending.exitCode = code
                    Task { await service.engine.stop() }
                default: _exit(code)
                }
            }
        }
        return ending
    }
}
