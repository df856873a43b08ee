import SpyreEngine

/// Log-probabilities as /v1/chat/completions tells them: an object for each token.
struct ChatLogprobs {
    let names: TokenText

    func write(_ tokens: [TokenLogprobs], to writer: inout JSONWriter) {
        writer.object { object in
            object.member("content") { list in
                list.array(tokens) { writer, entry in
                    writer.object { token in
                        fields(entry.token, &token)
                        token.member("top_logprobs") { top in
                            top.array(entry.top) { writer, candidate in
                                writer.object { fields(candidate, &$0) }
                            }
                        }
                    }
                }
            }
        }
    }

    private func fields(_ token: TokenLogprob, _ writer: inout JSONWriter) {
        writer.member("token", names.text(token.tokenID))
        writer.member("logprob", token.logprob)
        writer.member("bytes") { $0.array(names.bytes(token.tokenID)) { $0.value(Int($1)) } }
    }
}
