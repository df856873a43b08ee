import ArgumentParser
import Foundation
import SpyreEngine

/// Reads questions, prints answers.
struct ChatSession {
    let engine: LLM
    let params: SamplingParams
    var history: ChatHistory
    let output: OutputOptions

    /// Interrupts that end the program at the prompt: the first one there, if none stopped the answer before, only
    /// says how to leave.
    private static let interruptsToLeave = 2

    mutating func run(_ reader: LineReader) throws {
        let isInteractive = isatty(STDIN_FILENO) == 1
        if isInteractive, !output.quiet { StandardError.write("spyre: /help tells the commands\n") }
        while true {
            if isInteractive { StandardError.write("> ") }
            switch try reader.read(interruptible: true) {
            case .interrupted:
                StandardError.write("\n")
                if Interruption.pending >= Self.interruptsToLeave { throw ExitCode(Interruption.exitCode) }
                note("Ctrl-C again or /exit leaves")
            case .end:
                if isInteractive { StandardError.write("\n") }
                return
            case .text(let line):
                Interruption.reset()
                guard try handle(ChatInput(String(decoding: line, as: UTF8.self))) else { return }
            }
        }
    }

    /// - Returns: whether to go on.
    private mutating func handle(_ input: ChatInput) throws -> Bool {
        switch input {
        case .question(let text): try answer(text)
        case .reset: history.reset()
        case .help: StandardError.write(ChatInput.commands + "\n")
        case .unknown(let name): note("there is no command \(OneLine.quoted(name)); /help tells the commands")
        case .exit: return false
        case .nothing: break
        }
        return true
    }

    private mutating func answer(_ question: String) throws {
        history.ask(question)
        let context = engine.contextLength
        // Room for an answer: what was asked for, but never so much that no conversation is left.
        let room = min(params.maxTokens ?? context, max(1, context / 4))
        let engine = engine
        let (dropped, tokens) = try history.fit(limit: context - room) { messages in
            guard case .tokens(let ids) = try engine.chatPrompt(messages) else { return 0 }
            return ids.count
        }
        if dropped > 0 { note("the context of \(context) tokens is full: the \(dropped) oldest messages are dropped") }
        guard tokens < context else {
            history.takeBack()
            return note("the question makes a prompt of \(tokens) tokens, but the context has \(context); shorten it")
        }
        var params = params
        params.maxTokens = min(params.maxTokens ?? context, context - tokens)
        try stream(try engine.chatPrompt(history.messages), params)
    }

    private mutating func stream(_ prompt: Prompt, _ params: SamplingParams) throws {
        let shows = !output.json
        let result = try engine.generate(prompt, params) { delta in
            if shows {
                try StandardOutput.shared.write(delta.text)
                try StandardOutput.shared.flush()
            }
            return Interruption.pending == 0
        }
        Interruption.forgetWakeUps()
        guard let completion = result.completions.first else { return }
        if shows {
            try StandardOutput.shared.writeLine("")
        } else {
            let row = ChatRow(
                content: completion.text, tokenIDs: completion.tokenIDs, finishReason: completion.finishReason)
            try StandardOutput.shared.writeLine(JSONLine.text(row))
        }
        try StandardOutput.shared.flush()
        history.answer(completion.text)
        report(completion)
    }

    private func report(_ completion: CompletionOutput) {
        let count = completion.tokenIDs.count
        switch completion.finishReason {
        case .length where count == params.maxTokens:
            note("the answer was cut after \(count) tokens; --max-tokens allows longer ones")
        case .length:
            note("the answer was cut after \(count) tokens: the context is full; /reset makes room")
        case .abort: note("stopped")
        case .error: note("the answer failed: \(completion.error ?? "unknown reason")")
        case .stop: break
        }
    }

    private func note(_ text: String) { StandardError.write("spyre: \(text)\n") }
}
