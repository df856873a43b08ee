import SpyreEngine

/// Runs the requests of one `spyre generate` and prints what comes out.
struct GenerationRun {
    let engine: LLM
    let requests: GenerationRequests
    let output: OutputOptions
    /// What allows longer texts.
    var lengthOption = "--max-tokens"

    func perform() throws {
        if !output.json, let prompt = requests.prompts.first, let params = requests.params.first,
            requests.prompts.count == 1, params.n == 1
        {
            try stream(prompt, params)
        } else {
            try finish(generateAll())
        }
    }

    private func stream(_ prompt: Prompt, _ params: SamplingParams) throws {
        let result = try engine.generate(prompt, params) { delta in
            try StandardOutput.shared.write(delta.text)
            try StandardOutput.shared.flush()
            return true
        }
        try StandardOutput.shared.writeLine("")
        try finish([result])
    }

    /// Prints each result when it and all before it are there, so that whoever stops the program keeps them.
    private func generateAll() throws -> [RequestOutput] {
        let reporter = ProgressReporter(quiet: output.quiet)
        defer { reporter.finish() }
        var results = InOrder<(Int, RequestOutput)>()
        return try engine.generate(requests.prompts, requests.params) { progress in
            // One request has nothing to count.
            if progress.totalRequests > 1 { reporter.report(ProgressBar(progress)) }
        } onOutput: { number, result in
            let ready = results.add((number, result), number: number)
            guard !ready.isEmpty else { return }
            // The bar and the results share a terminal.
            if StandardOutput.shared.isTerminal { reporter.finish() }
            for (number, result) in ready { try write(result, number) }
            try StandardOutput.shared.flush()
        }
    }

    private func write(_ result: RequestOutput, _ number: Int) throws {
        for completion in result.completions {
            if output.json {
                try StandardOutput.shared.writeLine(JSONLine.text(GenerationRow(completion, of: result)))
            } else {
                try StandardOutput.shared.writeLine(Self.header(number, completion, of: result))
                try StandardOutput.shared.writeLine(completion.text + "\n")
            }
        }
    }

    /// `== 2: The sea is` and, of several completions, which one it is.
    static func header(_ number: Int, _ completion: CompletionOutput, of result: RequestOutput) -> String {
        var text = "== \(number + 1)"
        if result.completions.count > 1 { text += "." + String(completion.index + 1) }
        if let prompt = result.prompt { text += ": " + OneLine.quoted(prompt) }
        return text
    }

    private func cutNotice(_ results: [RequestOutput]) -> String? {
        let defaulted = results.indices.filter(requests.defaulted.contains)
        let completions = defaulted.flatMap { number in
            results[number].completions.map { ($0, requests.params[number].maxTokens) }
        }
        // Without a length the shapes have decided.
        let cut = completions.filter { $0.finishReason == .length && $0.tokenIDs.count == $1 ?? $0.tokenIDs.count }
        let total = results.reduce(0) { $0 + $1.completions.count }
        return Self.cutNotice(lengths: cut.map { $0.0.tokenIDs.count }, of: total, option: lengthOption)
    }

    /// What is said about texts that the default length has cut; nobody is told about a length that was asked for.
    ///
    /// - Parameters:
    ///   - lengths: tokens of each text that was cut.
    ///   - total: number of texts.
    static func cutNotice(lengths: [Int], of total: Int, option: String = "--max-tokens") -> String? {
        guard let longest = lengths.max() else { return nil }
        let texts = total == 1 ? "the text was" : "\(lengths.count) of \(total) texts were"
        return "\(texts) cut after \(longest) tokens; \(option) allows longer ones"
    }

    private func finish(_ results: [RequestOutput]) throws {
        try StandardOutput.shared.flush()
        if let failed = results.flatMap(\.completions).first(where: { $0.finishReason == .error }) {
            throw CommandFailure("generation failed: \(failed.error ?? "unknown reason")")
        }
        if let line = cutNotice(results) { Notices.write(line, quiet: output.quiet) }
        if let line = GenerationSpeed(outputs: results.map(\.metrics)).line { Notices.write(line, quiet: output.quiet) }
    }
}
