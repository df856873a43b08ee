/// Bounds on parsing and rendering one template. Templates come from downloaded model files and are treated as
/// hostile: time, memory and stack use are bounded whatever the template does.
public struct ChatTemplateLimits: Sendable, Equatable {
    /// Longest template source, in UTF-8 bytes.
    public var sourceBytes = 1 << 20
    /// Deepest nesting of expressions, and separately of statements, in the source.
    public var syntaxDepth = 100
    /// Evaluation steps of one rendering. A step is an expression, a statement, an element visited, or 256 bytes of
    /// text produced or searched, so this also bounds memory.
    public var steps = 1_000_000
    /// Longest output, and longest string built on the way, in UTF-8 bytes.
    public var outputBytes = 16 << 20
    /// Deepest evaluation: nested expressions, statements and macro calls together.
    public var evaluationDepth = 160
    /// Deepest nesting of lists and mappings.
    public var valueDepth = 100
    /// Longest `range(...)`, the value of Jinja's sandbox.
    public var rangeLength = 100_000

    public init() {}
}
