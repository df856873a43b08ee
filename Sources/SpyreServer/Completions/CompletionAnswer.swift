import SpyreEngine

/// What all chunks of an answer to /v1/completions have in common, and how choices are written.
struct CompletionAnswer: Sendable {
    let id: String
    let created: Int
    let model: String
    let request: CompletionRequest
    /// The prompts as they were run.
    let promptTokenIDs: [[Int]]
    /// The prompts' texts, for `echo`.
    let promptTexts: [String]
    let names: TokenText

    func head(_ writer: inout JSONWriter) {
        writer.member("id", id)
        writer.member("object", "text_completion")
        writer.member("created", created)
        writer.member("model", model)
    }

    /// Number of a choice among all prompts' completions.
    func choice(prompt: Int, completion: Int) -> Int { prompt * request.params.n + completion }

    /// A piece of a choice; all of it at once, or what a delta brought.
    struct Piece {
        var index: Int
        var prompt: Int
        var text: String
        var tokenIDs: [Int]
        var logprobs: [TokenLogprobs]?
        var finishReason: FinishReason?
        var stopReason: StopReason?
        /// Whether the prompt comes before it.
        var echoes: Bool
        var promptLogprobs: [TokenLogprobs?]?
    }

    func write(_ piece: Piece, _ table: inout CompletionLogprobs, to writer: inout JSONWriter) {
        let echoes = piece.echoes && request.echo, tokens = request.scoresPrompt ? [] : piece.tokenIDs
        writer.object { choice in
            choice.member("index", piece.index)
            choice.member(
                "text", (echoes ? promptTexts[piece.prompt] : "") + (request.scoresPrompt ? "" : piece.text))
            choice.member("logprobs") { logprobs in
                guard request.params.logprobs != nil else { return logprobs.null() }
                var entries: [(id: Int, logprobs: TokenLogprobs?)] = []
                if echoes { entries = pairs(promptTokenIDs[piece.prompt], piece.promptLogprobs ?? []) }
                entries += pairs(tokens, piece.logprobs ?? [])
                table.write(entries, to: &logprobs)
            }
            choice.member("finish_reason", request.scoresPrompt ? "length" : piece.finishReason?.rawValue)
            choice.member("stop_reason") { $0.value(request.scoresPrompt ? nil : piece.stopReason) }
            if request.stream.returnsTokenIDs {
                choice.member("token_ids") { $0.array(tokens) { $0.value($1) } }
                if piece.echoes {
                    choice.member("prompt_token_ids") { $0.array(promptTokenIDs[piece.prompt]) { $0.value($1) } }
                }
            }
        }
    }

    private func pairs(_ ids: [Int], _ logprobs: [TokenLogprobs?]) -> [(id: Int, logprobs: TokenLogprobs?)] {
        ids.enumerated().map { ($1, $0 < logprobs.count ? logprobs[$0] : nil) }
    }
}

extension JSONWriter {
    /// The string or the number itself, as vLLM's `stop_reason` is.
    mutating func value(_ reason: StopReason?) {
        switch reason {
        case .string(let text): value(text)
        case .token(let id): value(id)
        case nil: null()
        }
    }
}
