import SpyreTokenizer
import Testing

@Suite struct StreamingDetokenizerTests {
    /// The deltas of a stream; none may end inside a character that later bytes complete.
    private func deltas(_ tokenizer: any Tokenizer, _ ids: [Int], skip: Bool) -> [String] {
        var stream = StreamingDetokenizer(tokenizer: tokenizer, skipSpecialTokens: skip)
        var pieces = ids.map { stream.push($0) }
        pieces.append(stream.finish())
        #expect(!stream.isHoldingBack)
        return pieces
    }

    @Test(arguments: ["smollm2."] + TokenizerFixtures.pipelines.map { "\($0)/" })
    func randomIDsAsHuggingFaceDecodesThem(_ prefix: String) throws {
        let tokenizer =
            prefix == "smollm2."
            ? try TokenizerFixtures.smolLM2.get() : try TokenizerFixtures.tokenizer(String(prefix.dropLast()))
        let streams = try TokenizerFixtures.streams("\(prefix)streams.jsonl")
        #expect(streams.count >= 60)
        for stream in streams {
            #expect(sameBytes(tokenizer.decode(stream.ids), stream.decoded), "\(stream.ids)")
            #expect(sameBytes(deltas(tokenizer, stream.ids, skip: false).joined(), stream.decoded), "\(stream.ids)")
            let shown = deltas(tokenizer, stream.ids, skip: true).joined()
            #expect(sameBytes(shown, stream.decodedWithoutSpecialTokens), "\(stream.ids)")
        }
    }

    @Test func randomIDsAgainstWholeDecode() throws {
        let tokenizer = try TokenizerFixtures.tokenizer("gpt2")
        var random = SeededGenerator(state: 7)
        for _ in 0..<3000 {
            // The first 257 ids are single bytes and a special token: every kind of broken UTF-8 comes up.
            let limit = Bool.random(using: &random) ? 257 : tokenizer.vocabularySize + 3
            let ids = (0..<Int.random(in: 0...12, using: &random)).map { _ in Int.random(in: 0..<limit, using: &random)
            }
            for skip in [false, true] {
                let whole = tokenizer.decode(ids, skipSpecialTokens: skip)
                #expect(sameBytes(deltas(tokenizer, ids, skip: skip).joined(), whole), "\(ids)")
            }
        }
    }

    @Test(arguments: ["é", "漢", "👨‍👩‍👧", "a€b", "\u{10FFFD}"])
    func charactersComeWhole(_ text: String) throws {
        let tokenizer = try TokenizerFixtures.tokenizer("gpt2")
        let ids = try Array(text.utf8).map { byte in
            try #require((0..<257).first { tokenizer.bytes(of: $0) == [byte] })
        }
        let pieces = deltas(tokenizer, ids, skip: true)
        #expect(sameBytes(pieces.joined(), text))
        #expect(pieces.allSatisfy { !$0.unicodeScalars.contains("\u{FFFD}") })
    }

    @Test func unfinishedCharacterBecomesReplacement() throws {
        let tokenizer = try TokenizerFixtures.tokenizer("gpt2")
        let lead = try #require((0..<257).first { tokenizer.bytes(of: $0) == [0xF0] })
        var stream = StreamingDetokenizer(tokenizer: tokenizer)
        #expect(stream.push(lead).isEmpty)
        #expect(stream.isHoldingBack)
        #expect(stream.finish() == "\u{FFFD}")
        #expect(stream.finish().isEmpty)
    }
}
