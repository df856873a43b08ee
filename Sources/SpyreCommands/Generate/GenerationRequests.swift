import SpyreEngine

/// The prompts of one `spyre generate`, each with its sampling parameters and the place to name in errors.
struct GenerationRequests {
    var prompts: [Prompt] = []
    var params: [SamplingParams] = []
    /// The requests whose length nobody chose.
    private var lengthless: [Int] = []
    /// `file:line` of each prompt; empty when they come from the command line.
    var places: [String] = []

    /// - Parameter params: without `maxTokens` the request takes the default.
    init(prompt: Prompt, params: SamplingParams) {
        prompts = [prompt]
        self.params = [params]
        if params.maxTokens == nil { lengthless = [0] }
    }

    init(_ file: JSONLinesFile<PromptRecord>) {
        for (index, entry) in file.entries.enumerated() {
            if entry.record.needsMaxTokens { lengthless.append(index) }
            prompts.append(entry.record.prompt)
            params.append(entry.record.params)
            places.append("\(file.name):\(entry.lineNumber)")
        }
    }

    /// Gives a length to the requests that have none. A default, unlike what a user asks for, gives way to a small
    /// context and to a longer `min_tokens`.
    mutating func applyDefault(maxTokens default: Int, contextLength: Int) {
        for index in lengthless {
            params[index].maxTokens = min(max(`default`, params[index].minTokens), contextLength)
        }
        lengthless = []
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
