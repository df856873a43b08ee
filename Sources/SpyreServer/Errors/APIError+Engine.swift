import HTTPTypes
import Hummingbird
import SpyreEngine
import SpyreTokenizer

extension APIError {
    /// Turns what the layers below throw into what a client is told.
    init(_ error: any Error) {
        switch error {
        case let error as APIError: self = error
        case let error as EngineError: self.init(engine: error)
        case let error as SamplingParamsError:
            self.init(.badRequest, error.description, parameter: error.field.map(Self.fieldName))
        case let error as ChatTemplateError:
            self.init(.badRequest, error.description, parameter: "messages")
        case let error as HTTPError:
            self.init(error.status, error.body ?? error.status.reasonPhrase)
        default:
            // What it says may be about this machine; the log has it.
            self.init(.internalServerError, "internal error; the server's log says more")
        }
    }

    init(engine error: EngineError) {
        switch error {
        case .invalidParameters(_, let fault):
            self.init(.badRequest, fault.description, parameter: fault.field.map(Self.fieldName))
        case .emptyPrompt, .promptTooLong, .textTooLong, .tokenOutOfVocabulary, .tokenization, .refused:
            self.init(.badRequest, error.description, parameter: "prompt")
        case .noChatTemplate: self.init(.badRequest, error.description, parameter: "messages")
        case .overloaded(_, let seconds): self.init(.tooManyRequests, error.description, retryAfter: seconds)
        case .deadlineExceeded(false), .draining, .stopped:
            self.init(.serviceUnavailable, error.description, retryAfter: 1)
        case .deadlineExceeded(true): self.init(.serviceUnavailable, error.description)
        case .engineFailed: self.init(.serviceUnavailable, "the engine cannot go on; the server is restarting")
        case .cancelled, .slowReader: self.init(.requestTimeout, error.description)
        case .completionFailed, .parameterCount, .configuration, .unscorable, .busy, .inconsistent:
            self.init(.internalServerError, error.description)
        }
    }

    /// `logit_bias["7"]` is about `logit_bias`.
    private static func fieldName(_ place: String) -> String {
        place.split(separator: "[", maxSplits: 1).first.map(String.init) ?? place
    }
}
