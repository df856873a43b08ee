import CPCRE2

/// A compiled pattern. Immutable, so threads may share it; each brings its own `PatternMatcher`.
final class CompiledPattern: @unchecked Sendable {
    // Unchecked: PCRE2 documents compiled code as read-only while matching (pcre2api(3), "MULTITHREADING").
    let code: OpaquePointer
    /// Whether machine code was generated; without it PCRE2 interprets.
    let isJITCompiled: Bool

    /// Compiles a pattern written in Oniguruma's syntax.
    ///
    /// - Throws: `PatternSyntaxError` for a construct without an exact counterpart in PCRE2.
    convenience init(oniguruma pattern: String) throws(PatternSyntaxError) {
        try self.init(pcre2: try PatternTranslator.translate(pattern))
    }

    /// Compiles a pattern written in PCRE2's own syntax.
    init(pcre2 pattern: String) throws(PatternSyntaxError) {
        let options = PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C
        var error: Int32 = 0
        var offset = 0
        let context = pcre2_compile_context_create_8(nil)
        defer { pcre2_compile_context_free_8(context) }
        pcre2_set_newline_8(context, UInt32(PCRE2_NEWLINE_LF))
        pcre2_set_parens_nest_limit_8(context, 100)
        pcre2_set_max_pattern_length_8(context, 1 << 20)
        var text = pattern
        let compiled = text.withUTF8 { bytes in
            pcre2_compile_8(bytes.baseAddress, bytes.count, UInt32(options), &error, &offset, context)
        }
        guard let compiled else {
            throw PatternSyntaxError(
                construct: "pattern \(TokenizerError.quoted(pattern)) (\(Self.message(error)) at byte \(offset))")
        }
        code = compiled
        isJITCompiled = pcre2_jit_compile_8(compiled, UInt32(PCRE2_JIT_COMPLETE)) == 0
    }

    deinit {
        pcre2_code_free_8(code)
    }

    /// PCRE2's text for an error code.
    static func message(_ error: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 256)
        let length = pcre2_get_error_message_8(error, &buffer, buffer.count)
        return length > 0 ? String(decoding: buffer.prefix(Int(length)), as: UTF8.self) : "PCRE2 error \(error)"
    }
}
