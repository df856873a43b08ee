import SpyreEngine

/// What all chunks of an answer to /v1/chat/completions have in common, and how choices are written.
struct ChatAnswer: Sendable {
    let id: String
    let created: Int
    let model: String
    let request: ChatRequest
    let promptTokenIDs: [Int]
    let names: TokenText

    func head(_ object: StaticString, _ writer: inout JSONWriter) {
        writer.member("id", id)
        writer.member("object") { $0.value("\(object)") }
        writer.member("created", created)
        writer.member("model", model)
    }

    /// A whole choice.
    func write(_ completion: CompletionOutput, to writer: inout JSONWriter) {
        var parser = request.tools.makeParser()
        let pieces = parser.push(completion.text) + parser.finish()
        writer.object { choice in
            choice.member("index", completion.index)
            choice.member("message") { writer in
                writer.object { message in
                    message.member("role", "assistant")
                    writeMessage(pieces, to: &message)
                }
            }
            choice.member("logprobs") { writer in
                guard request.params.logprobs != nil else { return writer.null() }
                ChatLogprobs(names: names).write(completion.logprobs ?? [], to: &writer)
            }
            choice.member("finish_reason", finishReason(completion.finishReason, parser))
            choice.member("stop_reason") { $0.value(completion.stopReason) }
            if request.stream.returnsTokenIDs {
                choice.member("token_ids") { $0.array(completion.tokenIDs) { $0.value($1) } }
            }
        }
    }

    /// The text and the calls of a whole message.
    private func writeMessage(_ pieces: [ChatPiece], to message: inout JSONWriter) {
        var content = "", calls: [(id: String, name: String, arguments: String)] = []
        for piece in pieces {
            switch piece {
            case .content(let text): content += text
            case .toolCall(_, let id, let name): calls.append((id, name, ""))
            case .arguments(let index, let text): if calls.indices.contains(index) { calls[index].arguments += text }
            }
        }
        message.member("content", content.isEmpty && !calls.isEmpty ? nil : content)
        guard !calls.isEmpty else { return }
        message.member("tool_calls") { list in
            list.array(calls) { writer, call in
                writer.object { fields in
                    fields.member("id", call.id)
                    fields.member("type", "function")
                    fields.member("function") { function in
                        function.object {
                            $0.member("name", call.name)
                            $0.member("arguments", call.arguments)
                        }
                    }
                }
            }
        }
    }

    /// One chunk of a stream.
    struct Chunk {
        let index: Int
        /// nil for the first chunk of a choice, which has the role.
        var piece: ChatPiece?
        var opensMessage = false
        var logprobs: [TokenLogprobs]?
        var tokenIDs: [Int] = []
        var finishReason: String?
        var stopReason: StopReason?
    }

    func write(_ chunk: Chunk, usage: Usage, to writer: inout JSONWriter) {
        writer.object { body in
            head("chat.completion.chunk", &body)
            body.member("choices") { list in
                list.array(CollectionOfOne(chunk)) { writer, chunk in
                    writer.object { choice in
                        choice.member("index", chunk.index)
                        choice.member("delta") { $0.object { Self.writeDelta(chunk, &$0) } }
                        choice.member("logprobs") { writer in
                            guard let logprobs = chunk.logprobs else { return writer.null() }
                            ChatLogprobs(names: names).write(logprobs, to: &writer)
                        }
                        choice.member("finish_reason", chunk.finishReason)
                        if chunk.finishReason != nil {
                            choice.member("stop_reason") { $0.value(chunk.stopReason) }
                        }
                        if request.stream.returnsTokenIDs {
                            choice.member("token_ids") { $0.array(chunk.tokenIDs) { $0.value($1) } }
                        }
                    }
                }
            }
            usage.writeRunning(request.stream, to: &body)
        }
    }

    private static func writeDelta(_ chunk: Chunk, _ delta: inout JSONWriter) {
        if chunk.opensMessage {
            delta.member("role", "assistant")
            delta.member("content", "")
            return
        }
        switch chunk.piece {
        case nil: break
        case .content(let text): delta.member("content", text)
        case .toolCall(let index, let id, let name):
            delta.member("tool_calls") { list in
                list.array(CollectionOfOne(index)) { writer, index in
                    writer.object { call in
                        call.member("index", index)
                        call.member("id", id)
                        call.member("type", "function")
                        call.member("function") { function in
                            function.object {
                                $0.member("name", name)
                                $0.member("arguments", "")
                            }
                        }
                    }
                }
            }
        case .arguments(let index, let text):
            delta.member("tool_calls") { list in
                list.array(CollectionOfOne(index)) { writer, index in
                    writer.object { call in
                        call.member("index", index)
                        call.member("function") { $0.object { $0.member("arguments", text) } }
                    }
                }
            }
        }
    }

    func finishReason(_ reason: FinishReason, _ parser: any ChatOutputParser) -> String {
        reason == .stop && parser.hasCalls ? "tool_calls" : reason.rawValue
    }
}
