import SpyreEngine

/// The prompts of one `spyre generate`, each with its sampling parameters and the place to name in errors.
struct GenerationRequests {
    var prompts: [Prompt] = []
    var params: [SamplingParams] = []
    /// `file:line` of each prompt; empty when they come from the command line.
    var places: [String] = []

    init(prompt: Prompt, params: SamplingParams) {
        prompts = [prompt]
        self.params = [params]
    }

    init(_ file: JSONLinesFile<PromptRecord>) {
        for entry in file.entries {
            prompts.append(entry.record.prompt)
            params.append(entry.record.params)
            places.append("\(file.name):\(entry.lineNumber)")
        }
    }

    /// A default, unlike what a user asks for, gives way to a small context.
    mutating func limitDefault(maxTokens default: Int, to contextLength: Int) {
        for index in params.indices where params[index].maxTokens == `default` {
            params[index].maxTokens = min(`default`, contextLength)
        }
    }

    /// Makes each text the question of a conversation, through the model's chat template.
    mutating func applyChatTemplate(_ chat: ChatPromptOptions, _ engine: LLM) throws {
        for index in prompts.indices {
            guard case .text(let text) = prompts[index] else { continue }
            do {
                prompts[index] = try engine.chatPrompt(chat.messages(for: text))
            } catch {
                throw located(error, index)
            }
        }
    }

    /// `error` with the place of its prompt before it, if there is one.
    func located(_ error: any Error, _ index: Int?) -> any Error {
        guard let place = places.indices.contains(index ?? 0) ? places[index ?? 0] : nil else { return error }
        return CommandFailure("\(place): \(FailureReport.text(of: error))")
    }
}
