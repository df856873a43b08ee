import Hummingbird
import SpyreEngine

/// POST /tokenize and /detokenize.
struct TokenizeRoutes: RouteGroup {
    func endpoints(_ service: ModelService) -> [Endpoint] {
        [
            Endpoint(.post, "/tokenize") { request, _ in try await Self.tokenize(request, service) },
            Endpoint(.post, "/detokenize") { request, _ in try await Self.detokenize(request, service) },
        ]
    }

    private static func tokenize(_ request: Request, _ service: ModelService) async throws -> Response {
        let limits = service.configuration.requestLimits
        let fields = try await request.fields(limits)
        try service.checkModel(try fields.string("model"))
        let ids: [Int]
        if fields.value("messages") != nil {
            let body = try ChatRequest(fields, defaults: SamplingParams(), limits: limits)
            guard let template = service.chatPrompt else { throw EngineError.noChatTemplate }
            let text = try body.prompt.text(body.messages, tools: body.tools, template: template)
            ids = try service.tokenize(text, addsSpecialTokens: body.prompt.addsSpecialTokens)
        } else {
            guard let text = try fields.string("prompt") else {
                throw fields.fail("prompt", "is missing; give a text, or messages")
            }
            ids = try service.tokenize(text, addsSpecialTokens: try fields.bool("add_special_tokens") ?? true)
        }
        let names = TokenText(tokenizer: service.engine.tokenizer, namesByID: false)
        let showsTexts = try fields.bool("return_token_strs") ?? false
        return .json { body in
            body.member("count", ids.count)
            body.member("max_model_len", service.engine.contextLength)
            body.member("tokens") { $0.array(ids) { $0.value($1) } }
            body.member("token_strs") { writer in
                guard showsTexts else { return writer.null() }
                writer.array(ids) { $0.value(names.text($1)) }
            }
        }
    }

    private static func detokenize(_ request: Request, _ service: ModelService) async throws -> Response {
        let fields = try await request.fields(service.configuration.requestLimits)
        try service.checkModel(try fields.string("model"))
        guard let ids = try fields.integers("tokens") else {
            throw fields.fail("tokens", "is missing; give a list of token ids")
        }
        let size = service.engine.limits.vocabularySize
        if let stranger = ids.first(where: { $0 < 0 || $0 >= size }) {
            throw fields.fail("tokens", "must be token ids in 0..<\(size), got \(stranger)")
        }
        let text = service.engine.tokenizer.decode(ids, skipSpecialTokens: false)
        return .json { $0.member("prompt", text) }
    }
}
