import ArgumentParser
import SpyreEngine
import SpyreServer

/// Where the server listens, and how much it takes in.
struct ServeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Address to listen on; 0.0.0.0 takes requests from other machines.", valueName: "host"))
    var host = "127.0.0.1"

    @Option(help: ArgumentHelp("Port to listen on; 0 takes a free one and tells which.", valueName: "port"))
    var port = 8000

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Names by which clients ask for the model; default: what --model says.", valueName: "name"))
    var servedModelName: [String] = []

    @Option(
        help: ArgumentHelp(
            "Requests that wait at most; those beyond are answered 429; default: \(QueueLimits().waitingRequests).",
            valueName: "n"))
    var maxWaitingRequests: Int?

    @Option(help: ArgumentHelp("Seconds that a request may take; default: no limit.", valueName: "s"))
    var requestTimeout: Double?

    @Option(help: ArgumentHelp("Seconds that a request may wait for its start; default: no limit.", valueName: "s"))
    var queueTimeout: Double?

    @Option(
        help: ArgumentHelp("Seconds that requests have to end after SIGTERM, before they are stopped.", valueName: "s"))
    var shutdownTimeout = 30.0

    func check() throws(CommandFailure) {
        guard !host.isEmpty else { throw .usage("--host must not be empty") }
        try ModelOptions.check("--port", port, from: 0, upTo: 65_535)
        try ModelOptions.check("--max-waiting-requests", maxWaitingRequests, upTo: 1 << 20)
        guard servedModelName.allSatisfy({ !$0.isEmpty }) else { throw .usage("--served-model-name must not be empty") }
        try Self.check("--request-timeout", requestTimeout)
        try Self.check("--queue-timeout", queueTimeout)
        try Self.check("--shutdown-timeout", shutdownTimeout)
    }

    private static func check(_ name: String, _ seconds: Double?) throws(CommandFailure) {
        guard let seconds, !(seconds > 0 && seconds <= 86_400) else { return }
        throw .usage("\(name) must be a number of seconds above 0 and at most 86400, got \(seconds)")
    }

    var queueLimits: QueueLimits {
        var limits = QueueLimits()
        limits.waitingRequests = maxWaitingRequests ?? limits.waitingRequests
        return limits
    }

    /// - Parameter model: what `--model` says.
    func configuration(model: String) -> ServerConfiguration {
        var configuration = ServerConfiguration(
            host: host, port: port, modelNames: servedModelName.isEmpty ? [model] : servedModelName,
            version: SpyreVersion.current)
        configuration.requestTimeLimit = requestTimeout.map { .seconds($0) }
        configuration.queueTimeLimit = queueTimeout.map { .seconds($0) }
        return configuration
    }
}
