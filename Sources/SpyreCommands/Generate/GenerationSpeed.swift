import SpyreEngine

/// The line about tokens and time that follows generated text.
struct GenerationSpeed {
    let outputs: [RequestMetrics]

    /// `128 tokens in 0.61 s (210.3 tokens/s), first token after 0.02 s`. Nil when nothing was generated.
    var line: String? {
        let tokens = outputs.reduce(0) { $0 + $1.outputTokens }
        // All requests begin together, so that the last one to end tells the time.
        let seconds = outputs.map(\.totalSeconds).max() ?? 0
        guard tokens > 0, seconds > 0 else { return nil }
        var text = "\(tokens) tokens in \(Decimals.text(seconds, digits: 2)) s "
        text += "(\(Decimals.text(Double(tokens) / seconds, digits: 1)) tokens/s)"
        guard let first = outputs.compactMap(\.firstTokenSeconds).min() else { return text }
        return text + ", first token after \(Decimals.text(first, digits: 2)) s"
    }
}
