import SpyreExecutor
import SpyreTokenizer

/// Checks requests against a model before anything is run.
struct RequestPreparation: Sendable {
    let tokenizer: any Tokenizer
    let limits: ExecutorLimits
    let samplingLimits: SamplingLimits
    let endTokens: [Int]
    /// Tokens that the model was made for.
    let modelLength: Int
    let contextLength: Int
    /// The most new tokens that a prompt can have; nil when it fits no shape.
    let maximumNewTokens: @Sendable (_ promptLength: Int) -> Int?

    /// - Parameter number: the prompt's number for messages; nil when the call has only one.
    func prepare(_ prompt: Prompt, _ params: SamplingParams, number: Int?) throws(EngineError) -> PreparedRequest {
        do throws(SamplingParamsError) {
            try params.validate(
                vocabularySize: limits.vocabularySize, maximumModelLength: contextLength, limits: samplingLimits)
        } catch {
            throw .invalidParameters(prompt: number, error)
        }
        let (text, tokens) = try tokenize(prompt, number: number)
        guard !tokens.isEmpty else { throw .emptyPrompt(prompt: number) }
        guard tokens.count < contextLength else {
            throw .promptTooLong(
                prompt: number, tokens: tokens.count, contextLength: contextLength, modelLength: modelLength)
        }
        try check(tokens, number: number)
        var params = params
        // Where there is room for none, or for fewer than are asked for, the scheduler refuses the request.
        params.maxTokens = params.maxTokens ?? max(1, maximumNewTokens(tokens.count) ?? 1, params.minTokens)
        return PreparedRequest(
            prompt: text, promptTokenIDs: tokens, params: params, seed: SamplingSeed(params), endTokens: endTokens,
            badWords: try badWords(params, number: number), contextLength: contextLength)
    }

    /// Refuses ids that the model has no embedding for.
    func check(_ tokens: [Int], number: Int?) throws(EngineError) {
        for token in tokens where token < 0 || token >= limits.vocabularySize {
            throw .tokenOutOfVocabulary(prompt: number, tokenID: token, vocabularySize: limits.vocabularySize)
        }
    }

    private func tokenize(_ prompt: Prompt, number: Int?) throws(EngineError) -> (String?, [Int]) {
        switch prompt {
        case .tokens(let tokens): (nil, tokens)
        case .text(let text): (text, try encode(text, EncodeOptions(), number: number))
        }
    }

    /// Each word as it stands at the start of a text and as it stands after a space.
    private func badWords(_ params: SamplingParams, number: Int?) throws(EngineError) -> [[Int]] {
        var words: [[Int]] = []
        for word in params.badWords {
            let bare = String(word.drop { $0 == " " })
            for form in [word, bare, " " + bare] {
                let tokens = try encode(form, EncodeOptions(addSpecialTokens: false), number: number)
                if !tokens.isEmpty, !words.contains(tokens), form != " " { words.append(tokens) }
            }
        }
        return words
    }

    private func encode(_ text: String, _ options: EncodeOptions, number: Int?) throws(EngineError) -> [Int] {
        do {
            return try tokenizer.encode(text, options: options)
        } catch {
            throw .tokenization(prompt: number, reason: "\(error)")
        }
    }
}
