import Foundation
import Logging
import SpyreEngine
import SpyreTokenizer

/// What the routes share: the engine, the model's names and templates, the limits. A value without state of its own.
public struct ModelService: Sendable {
    public let engine: AsyncEngine
    public let configuration: ServerConfiguration
    /// nil for a model without a chat template.
    let chatPrompt: ChatPrompt?
    /// Seconds since 1970 at which the server was made.
    let created: Int

    /// - Parameters:
    ///   - engine: has to outlive the server.
    ///   - configuration: at least one model name.
    /// - Throws: `ChatTemplateError` for a template that cannot be used.
    public init(engine: AsyncEngine, configuration: ServerConfiguration) throws {
        self.engine = engine
        self.configuration = configuration
        created = Int(Date().timeIntervalSince1970)
        chatPrompt = engine.tokenizer.chatTemplateSource == nil ? nil : try ChatPrompt(tokenizer: engine.tokenizer)
    }

    var modelName: String { configuration.modelNames.first ?? "model" }

    /// Refuses the name of a model that is not here; no name is this one.
    func checkModel(_ name: String?) throws(APIError) {
        guard let name, !configuration.modelNames.contains(name) else { return }
        throw APIError(
            .notFound,
            "the model \(PrintableText.quoted(name)) is not here; there is "
                + configuration.modelNames.map { PrintableText.quoted($0) }.joined(separator: ", "),
            parameter: "model")
    }

    func options(cacheSalt: String?) -> RequestOptions {
        RequestOptions(
            timeLimit: configuration.requestTimeLimit, queueTimeLimit: configuration.queueTimeLimit,
            cacheSalt: cacheSalt)
    }

    /// Text as token ids.
    func tokenize(_ text: String, addsSpecialTokens: Bool) throws(APIError) -> [Int] {
        do {
            return try engine.tokenizer.encode(text, options: EncodeOptions(addSpecialTokens: addsSpecialTokens))
        } catch {
            throw APIError(.badRequest, "\(error)", parameter: "prompt")
        }
    }

    /// Refuses what is longer than the context, before it is queued.
    func checkLength(prompt: Int, maximumTokens: Int?, field: String) throws(APIError) {
        let context = engine.contextLength, wanted = maximumTokens ?? 1
        guard prompt > context || wanted > context - prompt else { return }
        throw APIError(
            .badRequest,
            "the maximum context length is \(context) tokens, but \(prompt) tokens of prompt and \(wanted) new ones "
                + "were asked for; shorten the prompt or ask for fewer",
            parameter: prompt >= context ? field : "max_tokens")
    }
}
