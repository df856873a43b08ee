/// Decides after each token of one sequence whether it ends, and which text can be shown.
///
/// The order is vLLM's: below `min_tokens` nothing but a full context stops; then end-of-sequence ids (unless ignored),
/// stop ids, the length; then stop strings, which also win over the length. Text that may be the beginning of a stop
/// string is held back until the next tokens decide. The stop string whose end comes first is taken, of several ending
/// together the longest. A stop string counts from token `min_tokens` + 1 on, and may have begun before it.
public struct StopChecker: Sendable {
    private let params: SamplingParams
    private let endTokens: Set<Int>
    private let stopTokens: Set<Int>
    /// The output never gets longer than this.
    private let maximumTokens: Int
    private let contextTokens: Int
    private var matcher: StopStringMatcher
    /// The end of the text that is not shown yet, as UTF-8.
    private var held: [UInt8] = []
    /// Tokens of the output so far.
    public private(set) var tokenCount = 0
    /// Set once the sequence has ended.
    public private(set) var finish: StopStep.Finish?

    /// - Parameters:
    ///   - params: validated parameters.
    ///   - endTokens: the model's end-of-sequence ids.
    ///   - promptLength: tokens of the prompt.
    ///   - maximumModelLength: greatest number of tokens of prompt and output.
    public init(_ params: SamplingParams, endTokens: [Int], promptLength: Int, maximumModelLength: Int) {
        self.params = params
        self.endTokens = Set(endTokens)
        stopTokens = Set(params.stopTokenIDs)
        contextTokens = max(0, maximumModelLength - promptLength)
        maximumTokens = min(params.maxTokens ?? contextTokens, contextTokens)
        matcher = StopStringMatcher(params.stop)
    }

    /// Takes the next token.
    ///
    /// - Parameters:
    ///   - token: its id.
    ///   - text: the text that the detokenizer gives for it. Not evaluated for a token that ends the sequence and whose
    ///     text does not belong to it.
    ///   - rest: what the detokenizer still holds (an incomplete character); evaluated only when the sequence ends.
    /// - Returns: the text to show and how the sequence ended, if it did. After the end: no text and the same end.
    public mutating func append(
        token: Int, text: @autoclosure () throws -> String, rest: @autoclosure () throws -> String
    ) rethrows -> StopStep {
        if let finish { return StopStep(text: "", finish: finish) }
        tokenCount += 1
        let end = endByToken(token)
        if let end, end.reason == .stop, !params.includeStopStringInOutput {
            return StopStep(text: close(with: end, rest: try rest()), finish: end)
        }
        if let step = match(try text()) { return step }
        guard let end else { return StopStep(text: release(holding: matcher.pendingBytes)) }
        return StopStep(text: close(with: end, rest: try rest()), finish: end)
    }

    /// The same for a detokenizer that never holds anything back.
    public mutating func append(token: Int, text: @autoclosure () throws -> String) rethrows -> StopStep {
        try append(token: token, text: text(), rest: "")
    }

    /// Ends a sequence from outside (abort, error): the text held back is shown.
    public mutating func end(_ reason: FinishReason, rest: String = "") -> StopStep {
        if let finish { return StopStep(text: "", finish: finish) }
        let end = StopStep.Finish(reason)
        return StopStep(text: close(with: end, rest: rest), finish: end)
    }

    private func endByToken(_ token: Int) -> StopStep.Finish? {
        if tokenCount >= params.minTokens {
            if endTokens.contains(token), !params.ignoreEOS { return StopStep.Finish(.stop) }
            if stopTokens.contains(token) { return StopStep.Finish(.stop, stop: .token(token)) }
            if tokenCount >= maximumTokens { return StopStep.Finish(.length) }
        }
        return tokenCount >= contextTokens ? StopStep.Finish(.length) : nil
    }

    /// Adds text to what is held and looks for stop strings in it. Returns the last step when one is found.
    private mutating func match(_ text: String) -> StopStep? {
        guard !matcher.isEmpty else {
            held.append(contentsOf: text.utf8)
            return nil
        }
        let counts = tokenCount > params.minTokens
        for byte in text.utf8 {
            held.append(byte)
            guard let found = matcher.advance(byte), counts else { continue }
            if !params.includeStopStringInOutput { held.removeLast(min(found.utf8.count, held.count)) }
            let end = StopStep.Finish(.stop, stop: .string(found))
            finish = end
            return StopStep(text: release(holding: 0), finish: end)
        }
        return nil
    }

    private mutating func close(with end: StopStep.Finish, rest: String) -> String {
        finish = end
        held.append(contentsOf: rest.utf8)
        return release(holding: 0)
    }

    /// Hands out all but the last bytes of the held text. Texts arrive in whole characters and a stop string begins
    /// with one, so this never cuts a character.
    private mutating func release(holding count: Int) -> String {
        let shown = held.dropLast(count)
        let text = String(decoding: shown, as: UTF8.self)
        held.removeFirst(shown.count)
        return text
    }
}
