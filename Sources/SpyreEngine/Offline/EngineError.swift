import SpyreScheduler

/// Why a request was refused or could not be run. `prompt` is the number, from 0, of the prompt at fault; nil when the
/// call has only one.
public enum EngineError: Error, Sendable, Equatable {
    /// A prompt without tokens.
    case emptyPrompt(prompt: Int?)
    /// The prompt and one token of output do not fit in `contextLength` tokens. `modelLength` is what the model was
    /// made for.
    case promptTooLong(prompt: Int?, tokens: Int, contextLength: Int, modelLength: Int)
    /// The text to score does not fit in the context.
    case textTooLong(tokens: Int, contextLength: Int, modelLength: Int)
    /// A token id that the model has no embedding for.
    case tokenOutOfVocabulary(prompt: Int?, tokenID: Int, vocabularySize: Int)
    case invalidParameters(prompt: Int?, SamplingParamsError)
    /// `generate` was given another number of parameters than of prompts.
    case parameterCount(prompts: Int, params: Int)
    /// The prompt's text could not be tokenised.
    case tokenization(prompt: Int?, reason: String)
    /// The scheduler can never run the request.
    case refused(prompt: Int?, RequestRefusal)
    /// The scheduler cannot work with the options.
    case configuration(ConfigurationError)
    /// The model has no chat template.
    case noChatTemplate
    /// The model's logits cannot be scored.
    case unscorable(position: Int, SamplingError)
    /// A call was made while another one was running.
    case busy
    /// The queue of an online engine is full. Seconds after which a place may be free: 1 ... 60.
    case overloaded(waiting: Int, retryAfterSeconds: Int)
    /// The online engine ends what it has and takes nothing more.
    case draining
    /// The online engine has been stopped.
    case stopped
    /// The online engine cannot go on.
    case engineFailed(String)
    /// The request's time was over. `hasStarted` is false for one that was still waiting, and no work was done.
    case deadlineExceeded(hasStarted: Bool)
    /// The request was given up by its reader.
    case cancelled
    /// The reader left more unread than `bytes`.
    case slowReader(bytes: Int)
    /// One of the request's completions cannot go on, and the others were given up with it.
    case completionFailed(index: Int, reason: String)
    /// The executor cannot run even one token of one sequence, or the engine broke one of its own rules.
    case inconsistent(String)
}

extension EngineError: CustomStringConvertible {
    /// One line: what was wrong, where, and what to do.
    public var description: String {
        switch self {
        case .emptyPrompt(let prompt): "\(Self.name(prompt)) is empty; give it at least one token"
        case .promptTooLong(let prompt, let tokens, let context, let model):
            "\(Self.name(prompt)) has \(tokens) tokens, but a context of \(context) tokens holds a prompt of at most "
                + "\(max(0, context - 1)) and one token of output; \(Self.advice(context: context, model: model))"
        case .textTooLong(let tokens, let context, let model):
            "the text has \(tokens) tokens, but the context holds \(context); "
                + Self.advice(context: context, model: model)
        case .tokenOutOfVocabulary(let prompt, let token, let size):
            "\(Self.name(prompt)) has token id \(token), which is not in the vocabulary (0..<\(size)); "
                + "use ids of this model's tokenizer"
        case .invalidParameters(nil, let error): error.description
        case .invalidParameters(let prompt, let error): "\(Self.name(prompt)): \(error)"
        case .parameterCount(let prompts, let params):
            "\(params) sampling parameters for \(prompts) prompts; give one for each prompt"
        case .tokenization(let prompt, let reason): "\(Self.name(prompt)): \(reason)"
        case .refused(nil, let refusal): refusal.description
        case .refused(let prompt, let refusal): "\(Self.name(prompt)): \(refusal)"
        case .configuration(let error): error.description
        case .noChatTemplate:
            "the model comes without a chat template; use an instruct model, or give the prompt as plain text"
        case .unscorable(let position, let error): "token \(position) cannot be scored: \(error)"
        case .busy: "a call is still running; start the next one when it has returned"
        case .overloaded(let waiting, let seconds):
            "the queue is full: \(waiting) requests wait; try again in \(seconds) s"
        case .draining: "the engine is shutting down and takes no more requests; send them to another one"
        case .stopped: "the engine was stopped; start it again"
        case .engineFailed(let reason): "the engine cannot go on, restart it: \(reason)"
        case .deadlineExceeded(false): "the request's time was over before it was started; try again later"
        case .deadlineExceeded(true):
            "the request's time was over before its end; ask for fewer tokens or allow more time"
        case .cancelled: "the request was given up by its reader"
        case .slowReader(let bytes):
            "the reader left more than \(bytes) bytes unread, and the request was given up; read faster"
        case .completionFailed(let index, let reason): "completion \(index) failed: \(reason)"
        case .inconsistent(let reason): "internal error, please report it: \(reason)"
        }
    }

    private static func name(_ prompt: Int?) -> String { prompt.map { "prompt \($0)" } ?? "the prompt" }

    private static func advice(context: Int, model: Int) -> String {
        context < model ? "shorten it or raise --max-model-len (up to \(model))" : "shorten it"
    }
}
