import Foundation
import Hummingbird
import SpyreEngine

/// POST /v1/chat/completions.
struct ChatRoutes: RouteGroup {
    func endpoints(_ service: ModelService) -> [Endpoint] {
        [
            Endpoint(.post, "/v1/chat/completions") { request, context in
                try await Self.complete(request, context, service)
            }
        ]
    }

    private static func complete(
        _ request: Request, _ context: ServerContext, _ service: ModelService
    ) async throws -> Response {
        let limits = service.configuration.requestLimits
        let fields = try await request.fields(limits)
        let body = try ChatRequest(fields, defaults: SamplingParams(), limits: limits)
        try service.checkModel(body.model)
        try ConstraintFields.check(fields)
        // Refused here a request has cost nothing but the reading of its body.
        let ticket = try service.engine.admit()
        let ids = try prompt(body, service)
        let generation = try Generation(
            [ids], body.params, options: service.options(cacheSalt: body.cacheSalt), ticket: ticket,
            engine: service.engine)
        let answer = ChatAnswer(
            id: RequestIdentity.make("chatcmpl-", for: request), created: Int(Date().timeIntervalSince1970),
            model: body.model ?? service.modelName, request: body, promptTokenIDs: ids,
            names: TokenText(tokenizer: service.engine.tokenizer, namesByID: body.stream.namesTokensByID))
        if body.stream.isStreamed { return stream(generation, answer, context) }
        let outputs = try await generation.outputs(for: context)
        return .json { writeAnswer(outputs, answer, &$0) }
    }

    static func prompt(_ body: ChatRequest, _ service: ModelService) throws -> [Int] {
        guard let template = service.chatPrompt else { throw EngineError.noChatTemplate }
        let text = try body.prompt.text(body.messages, tools: body.tools, template: template)
        var ids = try service.tokenize(text, addsSpecialTokens: body.prompt.addsSpecialTokens)
        if let truncation = body.truncation {
            ids = truncation.apply(to: ids, room: max(0, service.engine.contextLength - (body.params.maxTokens ?? 1)))
        }
        try service.checkLength(prompt: ids.count, maximumTokens: body.params.maxTokens, field: "messages")
        return ids
    }

    private static func writeAnswer(_ outputs: [RequestOutput], _ answer: ChatAnswer, _ writer: inout JSONWriter) {
        answer.head("chat.completion", &writer)
        writer.member("choices") { choices in
            choices.array(outputs.flatMap(\.completions)) { answer.write($1, to: &$0) }
        }
        writer.member("usage") { Usage(outputs).write(to: &$0) }
        if answer.request.stream.returnsTokenIDs {
            writer.member("prompt_token_ids") { $0.array(answer.promptTokenIDs) { $0.value($1) } }
        }
    }

    private static func stream(
        _ generation: Generation, _ answer: ChatAnswer, _ context: ServerContext
    ) -> Response {
        EventStream.response(generation, context: context) { events in
            var parsers: [Int: any ChatOutputParser] = [:]
            var usage = Usage(promptTokens: answer.promptTokenIDs.count)
            try await generation.forEach { _, delta in
                if parsers[delta.index] == nil {
                    let chunk = ChatAnswer.Chunk(index: delta.index, opensMessage: true), now = usage
                    try await events.send { answer.write(chunk, usage: now, to: &$0) }
                }
                var parser = parsers[delta.index] ?? answer.request.tools.makeParser()
                let chunks = chunks(delta, answer, &parser)
                parsers[delta.index] = parser
                usage.completionTokens += delta.tokenIDs.count
                for chunk in chunks {
                    let now = usage
                    try await events.send { answer.write(chunk, usage: now, to: &$0) }
                }
            }
            guard answer.request.stream.includesUsage else { return }
            usage.cachedTokens = generation.cachedTokens
            let last = usage
            try await events.send { writer in
                writer.object { chunk in
                    answer.head("chat.completion.chunk", &chunk)
                    chunk.member("choices") { $0.array([Int]()) { $0.value($1) } }
                    chunk.member("usage") { last.write(to: &$0) }
                }
            }
        }
    }

    /// The chunks that a piece of output becomes. Log-probabilities and ids go with the first of them, the end with the
    /// last; what has nothing to show, report or end is not sent.
    private static func chunks(
        _ delta: GenerationDelta, _ answer: ChatAnswer, _ parser: inout any ChatOutputParser
    ) -> [ChatAnswer.Chunk] {
        var pieces = parser.push(delta.text)
        if delta.finishReason != nil { pieces += parser.finish() }
        var chunks = pieces.map { ChatAnswer.Chunk(index: delta.index, piece: $0) }
        let reports = delta.logprobs?.isEmpty == false || answer.request.stream.returnsTokenIDs
        if chunks.isEmpty, reports || delta.finishReason != nil {
            chunks = [ChatAnswer.Chunk(index: delta.index, piece: .content(""))]
        }
        guard !chunks.isEmpty else { return [] }
        chunks[0].logprobs = delta.logprobs
        chunks[0].tokenIDs = delta.tokenIDs
        chunks[chunks.count - 1].finishReason = delta.finishReason.map { answer.finishReason($0, parser) }
        chunks[chunks.count - 1].stopReason = delta.stopReason
        return chunks
    }
}
