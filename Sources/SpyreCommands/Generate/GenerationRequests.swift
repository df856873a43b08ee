import SpyreEngine

/// The prompts of one `spyre generate`, each with its sampling parameters and the place to name in errors.
struct GenerationRequests {
    var prompts: [Prompt] = []
    var params: [SamplingParams] = []
    /// The requests whose length nobody chose.
    private var lengthless: [Int] = []
    /// The requests that `applyDefault` has given a length.
    private(set) var defaulted: Set<Int> = []
    /// `file:line` of each prompt, or which of the options it is; empty for the only prompt of a command line.
    var places: [String] = []
    /// The option that the prompts come from; nil for a file.
    private var option: String?

    /// - Parameters:
    ///   - option: where the prompts stand on the command line.
    ///   - params: of every prompt; without `maxTokens` the requests take the default.
    init(_ prompts: [Prompt], option: String, params: SamplingParams) {
        self.prompts = prompts
        self.option = option
        self.params = prompts.map { _ in params }
        if params.maxTokens == nil { lengthless = Array(prompts.indices) }
        if prompts.count > 1 { places = prompts.indices.map { "\(option) \($0 + 1) of \(prompts.count)" } }
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
        defaulted.formUnion(lengthless)
        lengthless = []
    }

    /// The same for shapes that decide how long an output can be.
    mutating func leaveLengthsToShapes() {
        defaulted.formUnion(lengthless)
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
        let place = places.indices.contains(index ?? 0) ? places[index ?? 0] : nil
        if let option, case EngineError.emptyPrompt? = error as? EngineError {
            return CommandFailure.usage("\(place ?? option) is empty; give it at least one token")
        }
        guard let place else { return error }
        // The place says which prompt it is; the engine's own number, from 0, would only confuse.
        let text = (error as? EngineError)?.withoutPromptIndex.description ?? FailureReport.text(of: error)
        return CommandFailure("\(place): \(text)")
    }
}
