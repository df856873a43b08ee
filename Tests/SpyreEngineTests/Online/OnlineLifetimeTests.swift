import Foundation
import SpyreEngine
import SpyreEngineTestSupport
import SpyreExecutor
import Synchronization
import Testing

/// Draining, stopping, deadlines, sleep, and what observers are told.
@Suite struct OnlineLifetimeTests {
    private static let params = SamplingParams(temperature: 0, maxTokens: 60, ignoreEOS: true)

    @Test func drainingEndsWhatIsThereAndTakesNothingMore() async throws {
        let gate = StepGate()
        let engine = try OnlineEngine.make(limits: TestEngine.limits(sequences: 2), gate: gate)
        let streams = try (0..<6).map { try engine.generate(.tokens([$0 + 1]), Self.params) }
        let drain = Task { await engine.drain() }
        #expect(try await OnlineEngine.wait(engine) { $0.phase == .draining })
        #expect(throws: EngineError.draining) { try engine.generate("late", Self.params) }
        gate.open()
        for stream in streams { #expect(try await stream.output().completions[0].tokenIDs.count == 60) }
        await drain.value
        #expect(engine.load.phase == .stopped)
        #expect(engine.load.usedBlocks == 0)
        #expect(throws: EngineError.self) { try engine.generate("later", Self.params) }
    }

    @Test func anIdleEngineDrainsAtOnce() async throws {
        let engine = try OnlineEngine.make()
        await engine.drain()
        await engine.drain()
        #expect(engine.load.phase == .stopped)
    }

    /// A request that was admitted before the drain, and comes after it, is still served.
    @Test func aDrainWaitsForTickets() async throws {
        let engine = try OnlineEngine.make()
        let ticket = try engine.admit()
        let drain = Task { await engine.drain() }
        #expect(try await OnlineEngine.wait(engine) { $0.phase == .draining })
        let stream = try engine.submit("ticket", Self.params, ticket: ticket)
        #expect(try await stream.output().completions[0].tokenIDs.count == 60)
        await drain.value
    }

    @Test func stoppingEndsEveryStream() async throws {
        let gate = StepGate()
        let engine = try OnlineEngine.make(limits: TestEngine.limits(sequences: 2), gate: gate)
        let streams = try (0..<6).map { try engine.generate(.tokens([$0 + 1]), Self.params) }
        let stop = Task { await engine.stop() }
        #expect(try await OnlineEngine.wait(engine) { $0.phase == .draining })
        gate.open()
        for stream in streams { await #expect(throws: EngineError.stopped) { _ = try await stream.read() } }
        await stop.value
        #expect(engine.load.phase == .stopped)
        #expect(throws: EngineError.stopped) { try engine.generate("later", Self.params) }
    }

    /// A caller may keep only the stream.
    @Test func aStreamKeepsItsEngine() async throws {
        let stream = try OnlineEngine.make().generate("orphan", Self.params)
        #expect(try await stream.read().tokenIDs.count == 60)
    }

    @Test func stoppingEndsWhatWasNotTakenYet() async throws {
        let gate = StepGate()
        let engine = try OnlineEngine.make(gate: gate)
        let first = try engine.generate("held at the gate", Self.params)
        #expect(try await OnlineEngine.wait(engine) { _ in gate.isHolding })
        let second = try engine.generate("in the queue", Self.params)
        let stop = Task { await engine.stop() }
        #expect(try await OnlineEngine.wait(engine) { $0.phase == .draining })
        gate.open()
        await #expect(throws: EngineError.stopped) { _ = try await first.read() }
        await #expect(throws: EngineError.stopped) { _ = try await second.read() }
        await stop.value
    }

    @Test func deadlines() async throws {
        let gate = StepGate()
        let engine = try OnlineEngine.make(limits: TestEngine.limits(sequences: 1), gate: gate)
        let late = try engine.generate(
            "runs", Self.params, options: RequestOptions(timeLimit: .milliseconds(500)))
        #expect(try await OnlineEngine.wait(engine) { _ in gate.isHolding })
        let waits = try engine.generate(
            "waits", Self.params, options: RequestOptions(queueTimeLimit: .milliseconds(30)))
        let patient = try engine.generate("patient", Self.params, options: RequestOptions(timeLimit: .seconds(60)))
        try await Task.sleep(for: .milliseconds(600))
        gate.open()
        await #expect(throws: EngineError.deadlineExceeded(hasStarted: true)) { _ = try await late.read() }
        await #expect(throws: EngineError.deadlineExceeded(hasStarted: false)) { _ = try await waits.read() }
        #expect(try await patient.output().completions[0].tokenIDs.count == 60)
        #expect(try await OnlineEngine.wait(engine) { $0.usedBlocks == 0 })
        #expect(engine.load.endedRequests == [.deadline: 2, .length: 1])
    }

    @Test func anIdleEngineUsesNoProcessor() async throws {
        let gate = StepGate(isClosed: false)
        let engine = try OnlineEngine.make(gate: gate)
        _ = try await engine.generate("warm", Self.params).output()
        #expect(try await OnlineEngine.wait(engine) { $0.stepBegan == nil })
        let before = try #require(gate.engineNanoseconds)
        try await Task.sleep(for: .milliseconds(300))
        let after = try #require(gate.engineNanoseconds)
        #expect(after - before < 1_000_000)
        #expect(before > 1_000_000)
        // The engine is still there.
        _ = try await engine.generate("warm", Self.params).output()
    }

    @Test func observersAreToldOfStepsAndRequests() async throws {
        let observer = Recorder()
        let engine = try OnlineEngine.make(observer: observer)
        var params = Self.params
        params.n = 1
        let streams = try (0..<4).map { try engine.generate(.tokens([$0 + 1, 5]), params) }
        for stream in streams { _ = try await stream.output() }
        await engine.drain()
        let (steps, requests) = observer.recorded
        #expect(steps.reduce(0) { $0 + $1.outputTokens } == 240)
        #expect(steps.reduce(0) { $0 + $1.promptTokens } == 8)
        #expect(steps.reduce(0) { $0 + $1.firstTokenSeconds.count } == 4)
        #expect(steps.reduce(0) { $0 + $1.interTokenSeconds.count } == 236)
        #expect(steps.reduce(0) { $0 + $1.queueSeconds.count } == 4)
        #expect(requests.map(\.outcome) == [.length, .length, .length, .length])
        for request in requests {
            #expect(request.outputTokens == 60)
            let parts = [request.queueSeconds, request.prefillSeconds, request.decodeSeconds].compactMap { $0 }
            #expect(parts.count == 3 && parts.allSatisfy { $0 >= 0 })
            #expect(abs(parts.reduce(0, +) - (request.totalSeconds ?? -1)) < 1e-9)
        }
    }

    private final class Recorder: EngineObserver {
        private let state = Mutex<([StepReport], [RequestReport])>(([], []))
        var recorded: ([StepReport], [RequestReport]) { state.withLock { $0 } }
        func stepEnded(_ report: StepReport) { state.withLock { $0.0.append(report) } }
        func requestEnded(_ report: RequestReport) { state.withLock { $0.1.append(report) } }
    }
}
