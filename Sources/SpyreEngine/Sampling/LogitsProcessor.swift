/// A rule that changes the logits of one sequence before a token is chosen.
///
/// A rule is a pure function of the row and the history. Finite logits stay finite or become -infinity (ruled out);
/// logits that are -infinity stay so; none becomes NaN. Token ids outside of the row are ignored.
protocol LogitsProcessor: Sendable {
    func process(_ row: UnsafeMutableBufferPointer<Float>, history: TokenHistory)
}

extension UnsafeMutableBufferPointer where Element == Float {
    /// Replaces the logit of a token id that the row has.
    @inline(__always)
    func update(_ token: Int, _ change: (Float) -> Float) {
        guard token >= 0, token < count else { return }
        self[token] = change(self[token])
    }

    /// Rules a token out.
    func mask(_ token: Int) { update(token) { _ in -.infinity } }
}

extension Float {
    /// The nearest finite value; -infinity (a token that is ruled out) stays.
    static func logit(_ value: Double, from old: Float) -> Float {
        guard old > -.infinity else { return old }
        return Float(Swift.min(Swift.max(value, -Double(greatestFiniteMagnitude)), Double(greatestFiniteMagnitude)))
    }
}
