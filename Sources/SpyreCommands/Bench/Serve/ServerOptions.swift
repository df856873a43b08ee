import ArgumentParser
import SpyreServeBenchmark

extension CompletionEndpoint: ExpressibleByArgument {}

/// Which server is asked, and how.
struct ServerOptions: ParsableArguments {
    static let keyVariable = "OPENAI_API_KEY"

    @Option(help: ArgumentHelp("Where the server is.", valueName: "url")) var baseUrl = "http://127.0.0.1:8000"
    @Option(help: ArgumentHelp("Name of the model; default: the first of /v1/models.", valueName: "name"))
    var model: String?
    @Option(help: "/v1/completions or /v1/chat/completions.") var endpoint = CompletionEndpoint.completions
    @Option(
        help: ArgumentHelp(
            "Key that the server asks for; default: what \(Self.keyVariable) says. Never printed.", valueName: "key"))
    var apiKey: String?

    func check() throws(CommandFailure) {
        _ = try address()
        guard model?.isEmpty != true else { throw .usage("--model must not be empty") }
    }

    func address() throws(CommandFailure) -> ServerAddress {
        if let address = ServerAddress(baseUrl) { return address }
        throw .usage("--base-url must be like http://127.0.0.1:8000, got \(OneLine.quoted(baseUrl))")
    }

    /// - Throws: for a key that cannot stand in a header.
    func key(environment: [String: String]) throws(CommandFailure) -> String? {
        let given = apiKey ?? environment[Self.keyVariable]
        guard let given, !given.isEmpty else { return nil }
        guard given.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            let name = apiKey == nil ? Self.keyVariable : "--api-key"
            throw CommandFailure(
                "\(name) must be printable ASCII without spaces", kind: apiKey == nil ? .environment : .usage)
        }
        return given
    }
}
