/// A step of a pre-tokenizer, ready to run.
enum PreTokenizerStage: Sendable {
    case split(CompiledPattern, SplitBehavior, invert: Bool)
    case splitText([UInt8], SplitBehavior, invert: Bool)
    case addPrefixSpace

    /// GPT-2's pattern.
    private static let gpt2Pattern = #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
    /// Rust's `char::is_numeric`, which has Unicode 17 where Oniguruma has 16.
    private static let digitPattern = #"[\p{N}\x{11DE0}-\x{11DE9}\x{16FF4}-\x{16FF6}]"#

    /// The stages of `preTokenizer`.
    ///
    /// - Parameter source: file that it comes from, for errors.
    static func stages(of preTokenizer: PreTokenizer, source: String) throws(TokenizerError) -> [PreTokenizerStage] {
        let steps = preTokenizer.steps
        var stages: [PreTokenizerStage] = []
        var isByteLevel = false
        for step in steps {
            if isByteLevel {
                throw .unsupported(source: source, feature: "a pre-tokenizer behind ByteLevel")
            }
            if case .byteLevel = step { isByteLevel = true }
            stages += try Self.stages(of: step, source: source)
        }
        guard isByteLevel else { throw .unsupported(source: source, feature: "a pre-tokenizer without ByteLevel") }
        return stages
    }

    private static func stages(of step: PreTokenizerStep, source: String) throws(TokenizerError) -> [PreTokenizerStage]
    {
        switch step {
        case .split(.regex(let pattern), let behavior, let invert):
            return [.split(try compile(pattern, source), behavior, invert: invert)]
        case .split(.string(let text), let behavior, let invert):
            return [.splitText(Array(text.utf8), behavior, invert: invert)]
        case .digits(let individual):
            return [.split(try compile(digitPattern, source), individual ? .isolated : .contiguous, invert: false)]
        case .whitespaceSplit:
            return [.split(try compile(#"\s"#, source), .removed, invert: false)]
        case .byteLevel(let addPrefixSpace, let useRegex):
            var stages: [PreTokenizerStage] = addPrefixSpace ? [.addPrefixSpace] : []
            if useRegex { stages.append(.split(try compile(gpt2Pattern, source), .isolated, invert: false)) }
            return stages
        }
    }

    private static func compile(_ pattern: String, _ source: String) throws(TokenizerError) -> CompiledPattern {
        do {
            return try CompiledPattern(oniguruma: pattern)
        } catch {
            throw .unsupported(source: source, feature: error.construct)
        }
    }
}
