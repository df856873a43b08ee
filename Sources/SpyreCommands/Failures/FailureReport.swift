import ArgumentParser
import Foundation

/// What is printed for an error that ends the program, and the exit code.
struct FailureReport: Equatable {
    /// For standard output: help and version texts.
    let output: String
    /// For standard error, with its newline; empty when nothing is to be said.
    let line: String
    let exitCode: Int32

    /// - Parameter arguments: the command line, to name the command whose help says more.
    init(_ error: any Error, arguments: [String]) {
        switch error {
        case is BrokenPipe:
            // The reader has what it wanted. The code is a shell's for a process that SIGPIPE ended.
            self.init(exitCode: 128 + SIGPIPE)
        case let code as ExitCode:
            self.init(exitCode: code.rawValue)
        case let failure as CommandFailure:
            let isUsage = failure.kind == .usage
            let text = isUsage ? UsageMessage(failure.description, arguments: arguments).text : failure.description
            self.init(line: Self.line(text), exitCode: failure.kind.exitCode)
        default:
            self.init(parserError: error, arguments: arguments)
        }
    }

    private init(output: String = "", line: String = "", exitCode: Int32) {
        self.output = output
        self.line = line
        self.exitCode = exitCode
    }

    private init(parserError error: any Error, arguments: [String]) {
        let code = SpyreCommand.exitCode(for: error)
        if code.isSuccess {
            self.init(output: SpyreCommand.fullMessage(for: error) + "\n", exitCode: 0)
        } else if code == .validationFailure {
            let message = UsageMessage(SpyreCommand.message(for: error), arguments: arguments)
            self.init(line: Self.line(message.text), exitCode: CommandFailure.Kind.usage.exitCode)
        } else {
            self.init(line: Self.line(Self.text(of: error)), exitCode: CommandFailure.Kind.failure.exitCode)
        }
    }

    /// The text of an error that no command made: those of our modules describe themselves in one line.
    static func text(of error: any Error) -> String {
        // Foundation's own errors print as a dump of their fields.
        error is CocoaError || error is POSIXError ? error.localizedDescription : "\(error)"
    }

    private static func line(_ text: String) -> String { "spyre: " + OneLine.text(text) + "\n" }
}
