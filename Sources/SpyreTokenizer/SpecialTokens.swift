/// The tokens with a role in every sequence. A model may lack any of them.
public struct SpecialTokens: Sendable, Hashable {
    /// One token: its id and its text.
    public struct Token: Sendable, Hashable {
        public var id: Int
        public var text: String

        public init(id: Int, text: String) {
            self.id = id
            self.text = text
        }
    }

    /// Beginning of a sequence.
    public var bos: Token?
    /// End of a sequence.
    public var eos: Token?
    /// Stands for text that the vocabulary cannot express.
    public var unk: Token?
    /// Fills the room behind short sequences.
    public var pad: Token?

    public init(bos: Token? = nil, eos: Token? = nil, unk: Token? = nil, pad: Token? = nil) {
        self.bos = bos
        self.eos = eos
        self.unk = unk
        self.pad = pad
    }
}
