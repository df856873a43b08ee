/// Why a chat template could not be parsed or rendered. Every message is one line and names the template's line.
public enum ChatTemplateError: Error, Sendable, Equatable {
    /// The template is not valid Jinja.
    case syntax(line: Int, message: String)
    /// Valid Jinja, but outside the subset that chat templates use.
    case unsupported(line: Int, construct: String)
    /// The template itself refused the conversation by calling `raise_exception`.
    case raised(line: Int, message: String)
    /// An operation failed while rendering: a wrong type, an undefined value, a missing argument.
    case runtime(line: Int, message: String)
    /// A bound of `ChatTemplateLimits` was reached.
    case limitExceeded(line: Int, limit: ChatTemplateLimit, maximum: Int)
    /// Text given as JSON is not JSON, or cannot be represented.
    case invalidJSON(offset: Int, message: String)
    /// A chat message is not a JSON object with a string `role`.
    case invalidMessage(String)
}

/// The bound that a template ran into.
public enum ChatTemplateLimit: String, Sendable, Equatable {
    case sourceSize = "template size in bytes"
    case nesting = "nesting depth"
    case steps = "evaluation steps"
    case outputSize = "output size in bytes"
    case valueDepth = "depth of nested values"
    case rangeLength = "length of a range"
}

extension ChatTemplateError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .syntax(let line, let message):
            return "chat template line \(line): syntax error: \(message)"
        case .unsupported(let line, let construct):
            return "chat template line \(line): \(construct) is not supported"
        case .raised(let line, let message):
            return "chat template line \(line) refused the messages: \(message)"
        case .runtime(let line, let message):
            return "chat template line \(line): \(message)"
        case .limitExceeded(let line, let limit, let maximum):
            return "chat template line \(line): exceeds the limit on \(limit.rawValue) (\(maximum))"
        case .invalidJSON(let offset, let message):
            return "invalid JSON at byte \(offset): \(message)"
        case .invalidMessage(let message):
            return "invalid chat message: \(message)"
        }
    }
}
