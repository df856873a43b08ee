import SpyreEngine

/// Log-probabilities as /v1/completions tells them: lists side by side, one entry for each token.
struct CompletionLogprobs {
    let names: TokenText
    /// Characters of the texts of the tokens so far.
    private var offset = 0

    init(_ names: TokenText) { self.names = names }

    /// - Parameter tokens: ids with what is reported of them; nil for the first token of a prompt.
    mutating func write(_ tokens: [(id: Int, logprobs: TokenLogprobs?)], to writer: inout JSONWriter) {
        let texts = tokens.map { names.text($0.id) }
        var offsets: [Int] = []
        for text in texts {
            offsets.append(offset)
            offset += text.unicodeScalars.count
        }
        writer.object { lists in
            lists.member("text_offset") { $0.array(offsets) { $0.value($1) } }
            lists.member("token_logprobs") { $0.array(tokens) { $0.value($1.logprobs?.token.logprob) } }
            lists.member("tokens") { $0.array(texts) { $0.value($1) } }
            lists.member("top_logprobs") { list in
                list.array(zip(tokens, texts)) { Self.writeTop($1.0.logprobs, $1.1, names, &$0) }
            }
        }
    }

    /// The most likely tokens, and the token itself where it is not among them. Of tokens with equal texts the most likely
    /// one counts: names of an object are told once.
    private static func writeTop(
        _ logprobs: TokenLogprobs?, _ text: String, _ names: TokenText, _ writer: inout JSONWriter
    ) {
        guard let logprobs else { return writer.null() }
        var told: Set<String> = [text]
        writer.object { object in
            object.member(named: text, logprobs.token.logprob)
            for entry in logprobs.top where entry.tokenID != logprobs.token.tokenID {
                let name = names.text(entry.tokenID)
                if told.insert(name).inserted { object.member(named: name, entry.logprob) }
            }
        }
    }
}
