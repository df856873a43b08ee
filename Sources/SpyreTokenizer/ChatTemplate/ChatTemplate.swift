import Foundation

/// A chat template: the Jinja program in a model's tokenizer configuration that turns a conversation into one prompt.
///
/// Semantics follow `apply_chat_template` of Hugging Face transformers: Jinja2's immutable sandbox with
/// `trim_blocks`, `lstrip_blocks`, loop controls, `raise_exception`, `strftime_now`, a `tojson` that does not escape
/// HTML, and `{% generation %}` markers (ignored). What lies outside of the supported subset is refused by `init`.
///
/// A template is parsed once, is immutable and may render on several threads at the same time.
public final class ChatTemplate: Sendable {
    public let source: String
    public let limits: ChatTemplateLimits
    let program: TemplateProgram
    let clock: @Sendable () -> Date
    let timeZone: TimeZone

    /// Parses `source`.
    /// - Parameters:
    ///   - limits: bounds on parsing and on each rendering.
    ///   - clock: what `strftime_now` reads.
    ///   - timeZone: the zone in which `strftime_now` prints.
    /// - Throws: `.syntax`, `.unsupported` or `.limitExceeded`, each with the line.
    public init(
        source: String, limits: ChatTemplateLimits = ChatTemplateLimits(),
        clock: @escaping @Sendable () -> Date = { Date() }, timeZone: TimeZone = .current
    ) throws(ChatTemplateError) {
        guard source.utf8.count <= limits.sourceBytes else {
            throw .limitExceeded(line: 1, limit: .sourceSize, maximum: limits.sourceBytes)
        }
        self.source = source
        self.limits = limits
        self.clock = clock
        self.timeZone = timeZone
        var lexer = TemplateLexer(source: source)
        var parser = TemplateParser(tokens: try lexer.tokenize(), depthLimit: limits.syntaxDepth)
        program = try parser.parseProgram()
    }

    /// Renders a conversation.
    /// - Parameters:
    ///   - messages: the conversation, oldest first.
    ///   - addGenerationPrompt: whether to end with what opens the assistant's next turn.
    ///   - tools: JSON schemas of the tools on offer. `nil` is `none` in the template, as in transformers.
    ///   - bosToken: text of the begin-of-sequence token; `nil` leaves `bos_token` undefined.
    ///   - eosToken: text of the end-of-sequence token; `nil` leaves `eos_token` undefined.
    ///   - extra: further variables (`documents`, `thinking`, …); they win over the ones above.
    /// - Throws: `.raised` when the template refuses the conversation, `.runtime`, `.unsupported`, `.limitExceeded`.
    public func render(
        messages: [ChatMessage], addGenerationPrompt: Bool = true, tools: [TemplateValue]? = nil,
        bosToken: String? = nil, eosToken: String? = nil, extra: [String: TemplateValue] = [:]
    ) throws(ChatTemplateError) -> String {
        var variables: [String: TemplateValue] = [
            "messages": .list(messages.map { .mapping($0.fields) }),
            "add_generation_prompt": .bool(addGenerationPrompt),
            "tools": tools.map { .list($0) } ?? .none,
            "documents": .none,
        ]
        if let bosToken { variables["bos_token"] = .string(bosToken) }
        if let eosToken { variables["eos_token"] = .string(eosToken) }
        variables.merge(extra) { _, given in given }
        return try render(variables: variables)
    }

    /// Renders with exactly these variables.
    public func render(variables: [String: TemplateValue]) throws(ChatTemplateError) -> String {
        let interpreter = TemplateInterpreter(program: program, limits: limits, clock: clock, timeZone: timeZone)
        return try interpreter.render(variables: variables)
    }
}
