import SpyreTokenizer

/// A tokenizer that shows everything: ids 0...255 are bytes, 256 and 257 begin and end a sequence, those above are
/// unused.
struct ByteTokenizer: Tokenizer {
    static let bos = 256
    static let eos = 257
    /// Not used by the tokenizer; free for the models of the tests.
    static let vocabularySize = 272

    var chatTemplateSource: String?
    var addsBOS = false

    var vocabularySize: Int { Self.eos + 1 }

    var specialTokens: SpecialTokens {
        SpecialTokens(bos: .init(id: Self.bos, text: "<bos>"), eos: .init(id: Self.eos, text: "<eos>"))
    }

    func encode(_ text: String, options: EncodeOptions) throws -> [Int] {
        if text.contains("refuse me") { throw TokenizerError.encodingFailed(reason: "asked to refuse it") }
        return (addsBOS && options.addSpecialTokens ? [Self.bos] : []) + text.utf8.map(Int.init)
    }

    func decode(_ ids: [Int], skipSpecialTokens: Bool) -> String {
        let kept = ids.filter { !(skipSpecialTokens && isSpecial($0)) }
        return String(decoding: kept.flatMap { bytes(of: $0) ?? [] }, as: UTF8.self)
    }

    func bytes(of id: Int) -> [UInt8]? {
        switch id {
        case 0...255: [UInt8(id)]
        case Self.bos: Array("<bos>".utf8)
        case Self.eos: Array("<eos>".utf8)
        default: nil
        }
    }

    func isSpecial(_ id: Int) -> Bool { id == Self.bos || id == Self.eos }

    func id(of token: String) -> Int? { nil }
}
