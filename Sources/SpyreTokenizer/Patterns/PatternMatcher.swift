import CPCRE2

/// Runs patterns over texts. Holds working memory, so it belongs to one thread at a time.
final class PatternMatcher {
    /// Backtracking steps that any text may take, plus `stepsPerByte` for each byte of it.
    private static let baseSteps = 1_000_000
    private static let stepsPerByte = 64
    /// Memory for backtracking, in KiB.
    private static let heapLimit: UInt32 = 256 * 1024

    private let data: OpaquePointer?
    private let context: OpaquePointer?
    private let stack: OpaquePointer?

    init() {
        // One pair of offsets: groups inside a pattern are of no interest.
        data = pcre2_match_data_create_8(1, nil)
        context = pcre2_match_context_create_8(nil)
        stack = pcre2_jit_stack_create_8(32 * 1024, 1024 * 1024, nil)
        pcre2_set_heap_limit_8(context, Self.heapLimit)
        pcre2_jit_stack_assign_8(context, nil, stack.map { UnsafeMutableRawPointer($0) })
    }

    deinit {
        pcre2_jit_stack_free_8(stack)
        pcre2_match_context_free_8(context)
        pcre2_match_data_free_8(data)
    }

    /// Calls `body` with every match in `text` (valid UTF-8), left to right, without overlaps.
    ///
    /// An empty match directly behind another match is skipped, as in Oniguruma's iteration.
    func forEachMatch(
        of pattern: CompiledPattern, in text: UnsafeBufferPointer<UInt8>, body: (Range<Int>) -> Void
    ) throws(TokenizerError) {
        let (steps, overflow) = text.count.multipliedReportingOverflow(by: Self.stepsPerByte)
        pcre2_set_match_limit_8(context, overflow ? .max : UInt32(clamping: steps + Self.baseSteps))
        var start = 0
        var lastEnd = -1
        while start <= text.count {
            guard let match = try firstMatch(of: pattern, in: text, from: start) else { return }
            if match.isEmpty {
                if match.lowerBound == lastEnd {
                    guard match.lowerBound < text.count else { return }
                    start = max(start, match.lowerBound) + TextScan.length(text[match.lowerBound])
                    lastEnd = -1
                    continue
                }
            }
            body(match)
            start = match.upperBound
            lastEnd = match.upperBound
        }
    }

    private func firstMatch(
        of pattern: CompiledPattern, in text: UnsafeBufferPointer<UInt8>, from start: Int
    ) throws(TokenizerError) -> Range<Int>? {
        // The text is valid UTF-8; checking it anew for every match would make a text of many matches quadratic.
        let options = UInt32(PCRE2_NO_UTF_CHECK)
        var result: Int32
        if pattern.isJITCompiled {
            result = pcre2_jit_match_8(pattern.code, text.baseAddress, text.count, start, options, data, context)
            if result == PCRE2_ERROR_JIT_STACKLIMIT {
                let interpreted = options | UInt32(PCRE2_NO_JIT)
                result = pcre2_match_8(pattern.code, text.baseAddress, text.count, start, interpreted, data, context)
            }
        } else {
            result = pcre2_match_8(pattern.code, text.baseAddress, text.count, start, options, data, context)
        }
        if result == PCRE2_ERROR_NOMATCH { return nil }
        guard result >= 0, let offsets = pcre2_get_ovector_pointer_8(data), offsets[0] <= offsets[1] else {
            throw .encodingFailed(
                reason: "the pre-tokenizer's pattern gave up on it (\(CompiledPattern.message(result))); split the text"
            )
        }
        return Int(offsets[0])..<Int(offsets[1])
    }
}
