import SpyreEngine

extension EngineError {
    /// The prompt at fault, from 0; nil when the error is about no prompt, or the call had only one.
    var promptIndex: Int? {
        switch self {
        case .emptyPrompt(let prompt), .promptTooLong(let prompt, _, _, _), .tokenOutOfVocabulary(let prompt, _, _),
            .invalidParameters(let prompt, _), .tokenization(let prompt, _):
            prompt
        default: nil
        }
    }

    /// Whether the error is about a request and not about the engine.
    var concernsPrompt: Bool {
        switch self {
        case .emptyPrompt, .promptTooLong, .tokenOutOfVocabulary, .invalidParameters, .tokenization: true
        default: false
        }
    }
}
