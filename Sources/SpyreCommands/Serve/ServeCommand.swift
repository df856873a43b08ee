import ArgumentParser
import Foundation
import Logging
import SpyreEngine
import SpyreServer

struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serves the model over HTTP, for clients of OpenAI's interface.",
        discussion: """
            Endpoints: /v1/chat/completions, /v1/completions, /v1/models, /tokenize, /detokenize, /health, \
            /health/live, /health/ready, /ping, /version.

            SIGTERM and Ctrl-C drain: no new request is taken, those that are running end, the exit code is 0. A \
            second signal ends them with an error. When the model cannot go on the exit code is 1.

            EXAMPLES
              spyre serve --port 8000
              spyre serve --model ./model --host 0.0.0.0 --max-num-seqs 64
              curl http://127.0.0.1:8000/v1/completions \\
                -d '{"prompt": "The sea is", "max_tokens": 16}'
            """)

    @OptionGroup(title: "Server options") var server: ServeOptions
    @OptionGroup(title: "Model options") var model: ModelOptions
    @OptionGroup(title: "Scheduling options") var policy: PolicyOptions
    @Flag(name: [.customLong("quiet"), .customShort("q")], help: "Only errors on standard error.") var quiet = false

    func run() throws {
        try server.check()
        try model.check()
        try policy.check(sequences: model.maxNumSeqs)
        try Log.start(quiet: quiet, standard: .info)
        let failures = ServingEvents()
        let engine = try makeEngine(failures)
        let service = try ModelService(engine: engine, configuration: server.configuration(model: model.model))
        let run = ServingRun(service: service, events: failures, shutdownTimeout: .seconds(server.shutdownTimeout))
        let ending = try Blocking.wait { try await run() }
        if let failure = ending.failure { throw CommandFailure(failure) }
        if ending.exitCode != 0 { throw ExitCode(ending.exitCode) }
    }

    private func makeEngine(_ events: ServingEvents) throws -> AsyncEngine {
        var options = model.executorOptions
        policy.apply(to: &options)
        let llm = try ModelLoader.engine(model, options, scheduling: try policy.configuration(), quiet: quiet)
        // The command line's own limits are wide: who types the command pays for it alone.
        llm.samplingLimits = SamplingLimits()
        return try AsyncEngine(llm, queueLimits: server.queueLimits) { events.send(.engineFailed("\($0)")) }
    }
}
