import Logging
import ServiceLifecycle
import SpyreEngine
import SpyreEngineTestSupport
import SpyreExecutor
import Testing

@testable import SpyreServer

/// A server with a toy model, on a port of its own, for the time of a test.
struct TestServer: Sendable {
    let client: HTTPClient
    let engine: AsyncEngine

    /// A template that shows every message: `<role>content|`.
    static let template =
        "{% for message in messages %}<{{ message.role }}>{{ message.content }}|{% endfor %}"
        + "{% if add_generation_prompt %}<assistant>{% endif %}"

    static func with<Result: Sendable>(
        _ model: ToyModel = .hashed, limits: ExecutorLimits = TestEngine.limits(),
        queueLimits: QueueLimits = QueueLimits(), gate: StepGate? = nil, failingStep: Int? = nil,
        configure: (inout ServerConfiguration) -> Void = { _ in },
        _ body: @Sendable (TestServer) async throws -> Result
    ) async throws -> Result {
        let executor = FakeExecutor(limits, model: model)
        executor.gate = gate
        executor.failingStep = failingStep
        let llm = LLM(
            executor: executor, tokenizer: ByteTokenizer(chatTemplateSource: template),
            configuration: TestEngine.configuration)
        let engine = try AsyncEngine(llm, queueLimits: queueLimits)
        var configuration = ServerConfiguration(port: 0, modelNames: ["toy", "alias"], version: "1.2.3")
        configure(&configuration)
        let service = try ModelService(engine: engine, configuration: configuration)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let (ports, port) = AsyncStream<Int>.makeStream()
        let server = ModelServer(service: service, logger: logger) { port.yield($0) }
        let group = ServiceGroup(configuration: .init(services: [server], logger: logger))
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var iterator = ports.makeAsyncIterator()
            let number = try #require(await iterator.next())
            do {
                let result = try await body(TestServer(client: HTTPClient(port: number), engine: engine))
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
                return result
            } catch {
                tasks.cancelAll()
                throw error
            }
        }
    }

    /// The same requests without a server.
    static func expected(
        _ prompt: Prompt, _ params: SamplingParams, model: ToyModel = .hashed
    ) throws -> RequestOutput {
        try TestEngine.llm(model).generate([prompt], params)[0]
    }

    /// Looks at the load until it is as it should be; false when that takes too long.
    func wait(seconds: Double = 120, until isRight: (EngineLoad) -> Bool) async throws -> Bool {
        let end = ContinuousClock.now + .seconds(seconds)
        while !isRight(engine.load) {
            guard ContinuousClock.now < end else { return false }
            try await Task.sleep(for: .milliseconds(1))
        }
        return true
    }
}
