/// A shape for which programs are compiled at start: a static batch runs padded to one of them.
public struct WarmupShape: Hashable, Sendable, CustomStringConvertible {
    /// Tokens to which prompts are padded on the left; a multiple of 64.
    public var promptLength: Int
    public var newTokens: Int
    public var batchSize: Int

    public init(promptLength: Int, newTokens: Int, batchSize: Int) {
        self.promptLength = promptLength
        self.newTokens = newTokens
        self.batchSize = batchSize
    }

    public var description: String { "\(promptLength)x\(newTokens)x\(batchSize)" }

    /// Whether a row of this shape can run a request to its end.
    func holds(prompt: Int, newTokens: Int) -> Bool { prompt <= promptLength && newTokens <= self.newTokens }
}

extension Sequence<WarmupShape> {
    /// The most new tokens that a prompt can have; nil when it fits no shape.
    public func maximumNewTokens(forPrompt length: Int) -> Int? {
        filter { length <= $0.promptLength }.map(\.newTokens).max()
    }
}
