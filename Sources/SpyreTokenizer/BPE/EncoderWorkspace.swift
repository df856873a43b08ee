/// The working memory of one `encode` call, and the call itself. Belongs to one thread at a time.
final class EncoderWorkspace {
    /// The longest text, in bytes of UTF-8: positions are 32-bit numbers.
    private static let maximumLength = 1 << 30

    private let components: BPEComponents
    private var runner: PreTokenizerRunner
    private var words: WordEncoder
    private var output: [Int] = []
    /// Set once a text has been so long that the memory it took is better given back than kept.
    private(set) var isOversized = false
    private static let oversizedLength = 1 << 22

    init(components: BPEComponents) {
        self.components = components
        runner = PreTokenizerRunner(stages: components.stages)
        words = WordEncoder(model: components.model)
    }

    func encode(_ text: String, options: EncodeOptions) throws(TokenizerError) -> [Int] {
        let length = text.utf8.count
        guard length <= Self.maximumLength else {
            throw .encodingFailed(
                reason: "it has \(length) bytes, at most \(Self.maximumLength) are possible; split it")
        }
        if length > Self.oversizedLength { isOversized = true }
        output = []
        output.reserveCapacity(min(length / 3 + 8, 1 << 20))
        if options.addSpecialTokens { output += components.prefix }
        try text.withUTF8Bytes { (bytes) throws(TokenizerError) in try encodeRaw(bytes, options) }
        if options.addSpecialTokens { output += components.suffix }
        defer { output = [] }
        return output
    }

    private func encodeRaw(_ text: UnsafeBufferPointer<UInt8>, _ options: EncodeOptions) throws(TokenizerError) {
        try forEachSegment(of: text, components.rawSplitter, options) { piece throws(TokenizerError) in
            try self.encodeUnnormalized(piece, options)
        }
    }

    private func encodeUnnormalized(
        _ text: UnsafeBufferPointer<UInt8>, _ options: EncodeOptions
    ) throws(TokenizerError) {
        if components.normalizer.leavesUnchanged(text) { return try encodeNormalized(text, options) }
        let normalized = components.normalizer.apply(to: String(decoding: text, as: UTF8.self))
        try normalized.withUTF8Bytes { (bytes) throws(TokenizerError) in try encodeNormalized(bytes, options) }
    }

    private func encodeNormalized(
        _ text: UnsafeBufferPointer<UInt8>, _ options: EncodeOptions
    ) throws(TokenizerError) {
        try forEachSegment(of: text, components.normalizedSplitter, options) { piece throws(TokenizerError) in
            try self.runner.run(piece) { self.words.encode($0, into: &self.output) }
        }
    }

    /// Emits the added tokens in `text` and calls `body` with what lies between them.
    private func forEachSegment(
        of text: UnsafeBufferPointer<UInt8>, _ splitter: AddedTokenSplitter, _ options: EncodeOptions,
        body: (UnsafeBufferPointer<UInt8>) throws(TokenizerError) -> Void
    ) throws(TokenizerError) {
        if text.isEmpty { return }
        if splitter.isEmpty { return try body(text) }
        do {
            try splitter.split(text, parseSpecial: options.parseSpecialTokens) { segment in
                switch segment {
                case .text(let range): try body(UnsafeBufferPointer(rebasing: text[range]))
                case .token(let id): output.append(id)
                }
            }
        } catch let error as TokenizerError {
            throw error
        } catch {
            throw .encodingFailed(reason: "\(error)")
        }
    }
}
