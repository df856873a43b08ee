import SpyreEngine

extension EngineError {
    /// The prompt at fault, from 0; nil when the error is about no prompt, or the call had only one.
    var promptIndex: Int? {
        switch self {
        case .emptyPrompt(let prompt), .promptTooLong(let prompt, _, _, _), .tokenOutOfVocabulary(let prompt, _, _),
            .invalidParameters(let prompt, _), .tokenization(let prompt, _), .refused(let prompt, _):
            prompt
        default: nil
        }
    }

    /// The same error of a call with only one prompt.
    var withoutPromptIndex: EngineError {
        switch self {
        case .emptyPrompt: .emptyPrompt(prompt: nil)
        case .promptTooLong(_, let tokens, let context, let model):
            .promptTooLong(prompt: nil, tokens: tokens, contextLength: context, modelLength: model)
        case .tokenOutOfVocabulary(_, let token, let size):
            .tokenOutOfVocabulary(prompt: nil, tokenID: token, vocabularySize: size)
        case .invalidParameters(_, let error): .invalidParameters(prompt: nil, error)
        case .tokenization(_, let reason): .tokenization(prompt: nil, reason: reason)
        case .refused(_, let refusal): .refused(prompt: nil, refusal)
        default: self
        }
    }

    /// Whether the error is about a request and not about the engine.
    var concernsPrompt: Bool {
        switch self {
        case .emptyPrompt, .promptTooLong, .tokenOutOfVocabulary, .invalidParameters, .tokenization, .refused: true
        default: false
        }
    }
}
