import Foundation
import ScriptedServer
import Testing

@testable import SpyreServeBenchmark

/// Runs against a server in this process. Bounds are wide, since machines are busy: lower ones are exact, because no
/// timer fires early; upper ones only tell a delay from none.
struct LoadRunTests {
    private struct Setup {
        var process = ArrivalProcess.together
        var count = 4
        var concurrency: Int?
        var seconds: Double?
        var timeout = 10.0
        var endpoint = CompletionEndpoint.completions
        var key: String?
    }

    private func run(
        _ setup: Setup, _ answer: @escaping @Sendable (ScriptedServer.Question) -> ScriptedServer.Answer,
        _ check: (RunResult, ScriptedServer) async throws -> Void
    ) async throws {
        let server = try await ScriptedServer(answer)
        let address = try #require(ServerAddress("http://127.0.0.1:\(server.port)"))
        let client = ModelClient(address: address, key: setup.key, connections: setup.concurrency ?? 1024)
        let arrivals: LoadPlan.Arrivals
        if let seconds = setup.seconds {
            arrivals =
                ArrivalSchedule(setup.process, seconds: seconds, seed: 1).map { .open($0) } ?? .closed(seconds: seconds)
        } else {
            arrivals = .open(ArrivalSchedule(setup.process, count: setup.count, seed: 1))
        }
        let plan = LoadPlan(
            arrivals: arrivals, concurrency: setup.concurrency, seconds: setup.seconds, timeout: setup.timeout)
        let source = RandomRequests(
            endpoint: setup.endpoint, inputLengths: 7...7, outputLengths: 3...3, seed: 1)
        let run = try LoadRun(
            client: client, plan: plan, source: source,
            template: RequestTemplate(endpoint: setup.endpoint, model: "m"), endpoint: setup.endpoint)
        let result = try await run.result()
        try await check(result, server)
        try await client.shutdown()
        try await server.close()
    }

    @Test func delaysAreMeasured() async throws {
        try await run(Setup(count: 3, key: "secret")) { _ in
            .tokens(4, first: 60, gap: 20)
        } _: { result, server in
            #expect(result.outcomes.count == 3 && result.unsent == 0)
            for outcome in result.outcomes {
                let timings = try outcome.result.get()
                #expect(timings.timeToFirstToken >= 0.06 && timings.timeToFirstToken < 1)
                #expect(timings.gaps.count == 3 && timings.gaps.allSatisfy { $0 > 0.005 })
                #expect(timings.endToEnd >= 0.12 && timings.endToEnd < 2)
                #expect(timings.outputTokens == 4 && timings.promptTokens == 7 && timings.hasUsage)
            }
            #expect(result.chunks == 12)
            #expect(result.duration >= 0.12 && result.duration < 2)
            #expect(server.questions.map(\.path) == Array(repeating: "/v1/completions", count: 3))
            #expect(server.questions.allSatisfy { $0.authorization == "Bearer secret" })
            #expect(server.questions.allSatisfy { $0.body.contains("\"max_tokens\":3") })
        }
    }

    @Test func aServerWithoutUsageIsCounted() async throws {
        try await run(Setup(count: 1, endpoint: .chat)) { _ in
            .tokens(3, first: 0, gap: 0, usage: false, done: false)
        } _: { result, server in
            let timings = try #require(result.outcomes.first).result.get()
            #expect(timings.outputTokens == 3 && !timings.hasUsage && timings.promptTokens == nil)
            #expect(server.questions.map(\.path) == ["/v1/chat/completions"])
        }
    }

    @Test func failuresAreToldApart() async throws {
        try await run(Setup(count: 7, concurrency: 1, timeout: 1)) { question in
            switch question.number {
            case 0: .error(.tooManyRequests, "busy")
            case 1: .error(.internalServerError, "oops")
            // Cut in the middle of the body, ended without a finish reason, and not JSON.
            case 2: .init(parts: [.text("data: {\"choices\":[{\"text\":\"a\"}]}\n\n"), .cut])
            case 3: .init(parts: [.text("data: {\"choices\":[{\"text\":\"a\"}]}\n\n")])
            case 4: .init(parts: [.text("data: <html>\n\n")])
            // Begun and then silent.
            case 5: .init(parts: [.text("data: {\"choices\":[{\"text\":\"a\"}]}\n\n"), .wait(milliseconds: 2500)])
            default: .init(parts: [.text("data: {\"error\":{\"message\":\"no memory\"}}\n\n")])
            }
        } _: { result, _ in
            let outcomes = result.outcomes.sorted { $0.index < $1.index }
            #expect(
                outcomes.map { $0.failure?.kind } == [
                    .refused, .status(500), .brokenStream, .brokenStream, .brokenStream, .timeout, .streamError,
                ])
            #expect(outcomes.compactMap(\.failure?.reason).prefix(2) == ["busy", "oops"])
            #expect(outcomes.last?.failure?.reason == "no memory")
            let late = try #require(outcomes.first { $0.failure?.kind == .timeout })
            #expect(late.ended - late.sent >= 1 && late.ended - late.sent < 2.5)
            #expect(ServeSummary(result).failed == 7)
        }
    }

    /// Ten requests in half a second meet a server that takes 0.4 s: one after another they would take 4 s.
    @Test func lateRepliesDelayNoArrival() async throws {
        try await run(Setup(process: .fixed(rate: 20), count: 10)) { _ in
            .tokens(2, first: 400, gap: 1)
        } _: { result, server in
            #expect(result.outcomes.allSatisfy { $0.timings != nil })
            let sent = result.outcomes.sorted { $0.index < $1.index }.map(\.sent)
            for (place, time) in sent.enumerated() {
                let scheduled = Double(place + 1) / 20
                #expect(time >= scheduled && time < scheduled + 1)
            }
            #expect(result.duration < 3)
            #expect(server.peak >= 6)
        }
    }

    @Test func concurrencyIsKeptAndItsWaitToldApart() async throws {
        try await run(Setup(count: 6, concurrency: 2)) { _ in
            .tokens(2, first: 80, gap: 1)
        } _: { result, server in
            #expect(server.peak == 2)
            let summary = ServeSummary(result)
            #expect(summary.peakConcurrency == 2 && summary.completed == 6)
            // Three rounds of two: waits of 0, 80 and 160 milliseconds, which do not count as time to the first token.
            let outcomes = result.outcomes.sorted { $0.index < $1.index }
            let waits = outcomes.map { $0.sent - $0.arrived }
            #expect(waits[0] < waits[2] && waits[1] < waits[2] && waits[2] >= 0.08 && waits[4] >= 0.16)
            #expect(outcomes.allSatisfy { ($0.timings?.timeToFirstToken ?? 9) < waits[4] + 0.08 })
        }
    }

    @Test func aClosedLoopSendsWhenARequestIsOver() async throws {
        try await run(Setup(concurrency: 3, seconds: 0.5)) { _ in
            .tokens(2, first: 40, gap: 1)
        } _: { result, server in
            #expect(server.peak == 3)
            // At most 0.5 s / 40 ms rounds, begun before the time is up.
            #expect((6...39).contains(result.outcomes.count))
            #expect(result.outcomes.allSatisfy { $0.timings != nil && $0.sent <= 0.6 })
            #expect(ServeSummary(result).slotWait.maximum < 1)
        }
    }

    @Test func whatWaitsWhenTimeIsUpIsNotSent() async throws {
        try await run(Setup(process: .fixed(rate: 50), concurrency: 1, seconds: 0.4)) { _ in
            .tokens(1, first: 150, gap: 0)
        } _: { result, server in
            #expect(result.outcomes.count + result.unsent == 20)
            #expect((1...4).contains(result.outcomes.count))
            #expect(server.questions.count == result.outcomes.count)
        }
    }

    @Test func theModelIsAskedFor() async throws {
        let server = try await ScriptedServer { question in
            question.path == "/v1/models" ? .models("first", "second") : .error(.notFound, "no")
        }
        let address = try #require(ServerAddress("http://127.0.0.1:\(server.port)/v1"))
        let client = ModelClient(address: address, key: nil, connections: 1)
        #expect(try await client.firstModel(timeout: 5) == .success("first"))
        try await client.shutdown()
        try await server.close()
        let gone = ModelClient(address: address, key: nil, connections: 1)
        await #expect(throws: ServeError.self) { try await gone.firstModel(timeout: 5) }
        try await gone.shutdown()
    }

    @Test func aServerThatTellsNoModelIsThere() async throws {
        let server = try await ScriptedServer { _ in .error(.unauthorized, "no key") }
        let address = try #require(ServerAddress("http://127.0.0.1:\(server.port)"))
        let client = ModelClient(address: address, key: nil, connections: 1)
        guard case .failure(let error) = try await client.firstModel(timeout: 5) else {
            Issue.record("it has a model")
            return
        }
        #expect(error.description.contains("no key") && error.description.contains("--model"))
        try await client.shutdown()
        try await server.close()
    }
}
