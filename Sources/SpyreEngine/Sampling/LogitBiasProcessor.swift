/// Adds a bias to single logits.
struct LogitBiasProcessor: LogitsProcessor {
    private let biases: [(token: Int, bias: Double)]

    /// Biases are clamped to -100 ... 100, as vLLM does. -100 is no mask: with very uneven logits the token stays
    /// possible.
    init(_ biases: [Int: Float]) {
        self.biases = biases.sorted { $0.key < $1.key }.map { ($0.key, Double(min(max($0.value, -100), 100))) }
    }

    func process(_ row: UnsafeMutableBufferPointer<Float>, history: TokenHistory) {
        for (token, bias) in biases {
            row.update(token) { .logit(Double($0) + bias, from: $0) }
        }
    }
}
