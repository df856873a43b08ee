import SpyreServeBenchmark
import Synchronization

/// Finds the server, warms it up and runs the load.
final class ServeBenchmark: Sendable {
    struct Outcome: Sendable {
        let model: String
        let run: RunResult
    }

    private static let modelListSeconds = 30.0
    private static let connectionsWithoutLimit = 1 << 20

    private let address: ServerAddress
    private let key: String?
    private let model: String?
    private let endpoint: CompletionEndpoint
    private let plan: LoadPlan
    private let source: any RequestSource
    private let temperature: Double
    private let ignoresEndOfSequence: Bool
    private let warmUps: Int
    /// What is under way.
    private let current = Mutex<(title: String, total: Int, run: LoadRun)?>(nil)

    init(
        address: ServerAddress, key: String?, model: String?, endpoint: CompletionEndpoint, plan: LoadPlan,
        source: any RequestSource, temperature: Double, ignoresEndOfSequence: Bool, warmUps: Int
    ) {
        self.address = address
        self.key = key
        self.model = model
        self.endpoint = endpoint
        self.plan = plan
        self.source = source
        self.temperature = temperature
        self.ignoresEndOfSequence = ignoresEndOfSequence
        self.warmUps = warmUps
    }

    /// Blocks until all of it is done.
    func run(progress: (ProgressBar) -> Void) throws -> Outcome {
        do {
            return try BlockingTask.run {
                if let bar { progress(bar) }
            } _: { [self] in
                try await runWithClient()
            }
        } catch let error as ServeError {
            throw CommandFailure(OneLine.text(error.description))
        }
    }

    private var bar: ProgressBar? {
        guard let (title, total, run) = current.withLock({ $0 }) else { return nil }
        let progress = run.progress
        // How many there will be, a closed loop does not know; how long it takes, it does.
        if case .closed(let seconds) = plan.arrivals, title == "requests" {
            let completed = Int(min(progress.seconds, seconds))
            return ProgressBar(title: "seconds", completed: completed, total: Int(seconds.rounded(.up)))
        }
        return ProgressBar(title: title, completed: progress.ended, total: total)
    }

    private func runWithClient() async throws -> Outcome {
        let client = ModelClient(
            address: address, key: key, connections: plan.concurrency ?? Self.connectionsWithoutLimit)
        do {
            let outcome = try await run(client)
            try await client.shutdown()
            return outcome
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    private func run(_ client: ModelClient) async throws -> Outcome {
        // Also when the name is given: a server that is not there is better told at once than after many requests.
        let listed = try await client.firstModel(timeout: Self.modelListSeconds)
        let model = try self.model ?? listed.get()
        let template = RequestTemplate(
            endpoint: endpoint, model: model, temperature: temperature, ignoresEndOfSequence: ignoresEndOfSequence)
        if warmUps > 0 {
            let warmUp = LoadPlan.warmUp(count: warmUps, concurrency: plan.concurrency, timeout: plan.timeout)
            // Numbers of their own, so that the server has not seen the prompts that count.
            let result = try await run(
                client, warmUp, template, title: "warm-up", total: warmUps, firstIndex: -warmUps)
            if let failure = result.outcomes.compactMap(\.failure).first { throw ServeError.warmUp(failure) }
        }
        let run = try await run(
            client, plan, template, title: "requests", total: plan.requests ?? 0, firstIndex: 0)
        return Outcome(model: model, run: run)
    }

    private func run(
        _ client: ModelClient, _ plan: LoadPlan, _ template: RequestTemplate, title: String, total: Int, firstIndex: Int
    ) async throws -> RunResult {
        let run = try LoadRun(
            client: client, plan: plan, source: source, template: template, endpoint: endpoint, firstIndex: firstIndex)
        current.withLock { $0 = (title, total, run) }
        defer { current.withLock { $0 = nil } }
        return try await run.result()
    }
}
