import Foundation
import Hummingbird
import SpyreEngine

/// POST /v1/completions.
struct CompletionRoutes: RouteGroup {
    func endpoints(_ service: ModelService) -> [Endpoint] {
        [
            Endpoint(.post, "/v1/completions") { request, context in
                try await Self.complete(request, context, service)
            }
        ]
    }

    private static func complete(
        _ request: Request, _ context: ServerContext, _ service: ModelService
    ) async throws -> Response {
        let limits = service.configuration.requestLimits
        let fields = try await request.fields(limits)
        let body = try CompletionRequest(fields, defaults: SamplingParams(), limits: limits)
        try service.checkModel(body.model)
        try ConstraintFields.check(fields)
        // Refused here a request has cost nothing but the reading of its body.
        let ticket = try service.engine.admit(body.prompts.count)
        let prompts = try body.prompts.map { try tokenize($0, body, service) }
        let generation = try Generation(
            prompts, body.params, options: service.options(cacheSalt: body.cacheSalt), ticket: ticket,
            engine: service.engine)
        let answer = CompletionAnswer(
            id: RequestIdentity.make("cmpl-", for: request), created: Int(Date().timeIntervalSince1970),
            model: body.model ?? service.modelName, request: body, promptTokenIDs: prompts,
            promptTexts: body.echo ? texts(body.prompts, service) : [],
            names: TokenText(tokenizer: service.engine.tokenizer, namesByID: body.stream.namesTokensByID))
        if body.stream.isStreamed { return stream(generation, answer, context) }
        let outputs = try await generation.outputs(for: context)
        return .json { writeAnswer(outputs, answer, &$0) }
    }

    private static func tokenize(
        _ prompt: Prompt, _ body: CompletionRequest, _ service: ModelService
    ) throws(APIError) -> [Int] {
        var ids: [Int]
        switch prompt {
        case .tokens(let tokens): ids = tokens
        case .text(let text): ids = try service.tokenize(text, addsSpecialTokens: body.addsSpecialTokens)
        }
        let wanted = body.params.maxTokens ?? 1
        if let truncation = body.truncation {
            ids = truncation.apply(to: ids, room: max(0, service.engine.contextLength - wanted))
        }
        try service.checkLength(prompt: ids.count, maximumTokens: wanted, field: "prompt")
        return ids
    }

    private static func texts(_ prompts: [Prompt], _ service: ModelService) -> [String] {
        prompts.map { prompt in
            switch prompt {
            case .text(let text): text
            case .tokens(let ids): service.engine.tokenizer.decode(ids, skipSpecialTokens: true)
            }
        }
    }

    private static func writeAnswer(
        _ outputs: [RequestOutput], _ answer: CompletionAnswer, _ writer: inout JSONWriter
    ) {
        answer.head(&writer)
        writer.member("choices") { choices in
            let all = outputs.enumerated().flatMap { prompt, output in
                output.completions.map { (prompt, output, $0) }
            }
            choices.array(all) { writer, item in
                let (prompt, output, completion) = item
                var table = CompletionLogprobs(answer.names)
                answer.write(
                    CompletionAnswer.Piece(
                        index: answer.choice(prompt: prompt, completion: completion.index), prompt: prompt,
                        text: completion.text, tokenIDs: completion.tokenIDs, logprobs: completion.logprobs,
                        finishReason: completion.finishReason, stopReason: completion.stopReason, echoes: true,
                        promptLogprobs: output.promptLogprobs),
                    &table, to: &writer)
            }
        }
        writer.member("usage") { answer.usage(outputs).write(to: &$0) }
    }

    private static func stream(
        _ generation: Generation, _ answer: CompletionAnswer, _ context: ServerContext
    ) -> Response {
        EventStream.response(generation, context: context) { events in
            var tables: [Int: CompletionLogprobs] = [:]
            var usage = Usage(promptTokens: answer.promptTokenIDs.reduce(0) { $0 + $1.count })
            try await generation.forEach { prompt, delta in
                let index = answer.choice(prompt: prompt, completion: delta.index)
                let isFirst = tables[index] == nil
                var table = tables[index] ?? CompletionLogprobs(answer.names)
                if !answer.request.scoresPrompt { usage.completionTokens += delta.tokenIDs.count }
                let now = usage
                try await events.send { writer in
                    writer.object { chunk in
                        answer.head(&chunk)
                        chunk.member("choices") { list in
                            list.array(CollectionOfOne(delta)) { writer, delta in
                                answer.write(
                                    CompletionAnswer.Piece(
                                        index: index, prompt: prompt, text: delta.text, tokenIDs: delta.tokenIDs,
                                        logprobs: delta.logprobs, finishReason: delta.finishReason,
                                        stopReason: delta.stopReason, echoes: isFirst,
                                        promptLogprobs: isFirst ? generation.streams[prompt].promptLogprobs : nil),
                                    &table, to: &writer)
                            }
                        }
                        now.writeRunning(answer.request.stream, to: &chunk)
                    }
                }
                tables[index] = table
            }
            guard answer.request.stream.includesUsage else { return }
            usage.cachedTokens = generation.cachedTokens
            let last = usage
            try await events.send { writer in
                writer.object { chunk in
                    answer.head(&chunk)
                    chunk.member("choices") { $0.array([Int]()) { $0.value($1) } }
                    chunk.member("usage") { last.write(to: &$0) }
                }
            }
        }
    }
}

extension CompletionAnswer {
    /// A token that was generated for a scored prompt is not told, and does not count.
    fileprivate func usage(_ outputs: [RequestOutput]) -> Usage {
        var usage = Usage(outputs)
        if request.scoresPrompt { usage.completionTokens = 0 }
        return usage
    }
}
