import SpyreTokenizer

/// A tokenizer that shows everything: ids 0...255 are bytes, 256 and 257 begin and end a sequence, those above are
/// unused.
package struct ByteTokenizer: Tokenizer {
    package static let bos = 256
    package static let eos = 257
    /// Not used by the tokenizer; free for the models of the tests.
    package static let vocabularySize = 272

    package var chatTemplateSource: String?
    package var addsBOS = false

    package init(chatTemplateSource: String? = nil, addsBOS: Bool = false) {
        self.chatTemplateSource = chatTemplateSource
        self.addsBOS = addsBOS
    }

    package var vocabularySize: Int { Self.eos + 1 }

    package var specialTokens: SpecialTokens {
        SpecialTokens(bos: .init(id: Self.bos, text: "<bos>"), eos: .init(id: Self.eos, text: "<eos>"))
    }

    package func encode(_ text: String, options: EncodeOptions) throws -> [Int] {
        if text.contains("refuse me") { throw TokenizerError.encodingFailed(reason: "asked to refuse it") }
        return (addsBOS && options.addSpecialTokens ? [Self.bos] : []) + text.utf8.map(Int.init)
    }

    package func decode(_ ids: [Int], skipSpecialTokens: Bool) -> String {
        let kept = ids.filter { !(skipSpecialTokens && isSpecial($0)) }
        return String(decoding: kept.flatMap { bytes(of: $0) ?? [] }, as: UTF8.self)
    }

    package func bytes(of id: Int) -> [UInt8]? {
        switch id {
        case 0...255: [UInt8(id)]
        case Self.bos: Array("<bos>".utf8)
        case Self.eos: Array("<eos>".utf8)
        default: nil
        }
    }

    package func isSpecial(_ id: Int) -> Bool { id == Self.bos || id == Self.eos }

    package func id(of token: String) -> Int? { nil }
}
