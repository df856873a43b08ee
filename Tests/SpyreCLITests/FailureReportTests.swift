import ArgumentParser
import SpyreCheckpoint
import SpyreEngine
import Testing

@testable import SpyreCommands

/// What a user reads after a mistake: one line that says what to do.
@Suite struct FailureReportTests {
    private func report(_ arguments: [String]) throws -> FailureReport {
        do {
            let command = try SpyreCommand.parseAsRoot(arguments)
            try (command as? GenerateCommand)?.check()
            try (command as? ChatCommand)?.check()
            Issue.record("parsed: \(arguments)")
            return FailureReport(ExitCode.success, arguments: arguments)
        } catch {
            return FailureReport(error, arguments: arguments)
        }
    }

    @Test(arguments: [
        (
            ["frobnicate"],
            "unknown command 'frobnicate'; the commands are "
                + "generate, chat, serve, score, tokenize, inspect, pull, doctor, bench, simulate"
        ),
        (["generate", "--frobnicate"], "unknown option '--frobnicate'; see 'spyre generate --help'"),
        (
            ["generate", "--prompt", "x", "--dtype", "int4"],
            "the value 'int4' is invalid for '--dtype <dtype>'. Please provide one of 'auto', 'float32' or "
                + "'bfloat16'; see 'spyre generate --help'"
        ),
        (
            ["generate", "--prompt", "x", "--backend", "gpu"],
            "the value 'gpu' is invalid for '--backend <backend>'. Please provide one of 'eager', 'inductor' or "
                + "'sendnn'; see 'spyre generate --help'"
        ),
        (
            ["generate", "--prompt-ids", "1,x"],
            "the value '1,x' is invalid for '--prompt-ids <1,2,…>': expected token ids with commas between, such as "
                + "1,2,3; see 'spyre generate --help'"
        ),
        (["generate"], "give one of --prompt, --prompt-ids and --prompts-file; see 'spyre generate --help'"),
        (
            ["generate", "--prompt", "a", "--logprobs", "2"], "--logprobs needs --json; see 'spyre generate --help'"
        ),
        (
            ["chat", "--logprobs", "2"],
            "chat prints no log-probabilities; use spyre generate --chat --logprobs --json; see 'spyre chat --help'"
        ),
        (["score"], "missing expected argument '--ids-file <file>'; see 'spyre score --help'"),
        (
            ["bench", "latency", "--batch", "x"],
            "the value 'x' is invalid for '--batch <n>'; see 'spyre bench latency --help'"
        ),
    ])
    func usage(_ arguments: [String], _ expected: String) throws {
        let report = try report(arguments)
        #expect(report.line == "spyre: \(expected)\n")
        #expect(report.exitCode == 64)
        #expect(report.output.isEmpty)
    }

    @Test(arguments: [
        ["--help"], ["generate", "--help"], ["bench", "latency", "-h"], ["--version"], ["help", "chat"],
    ])
    func helpGoesToStandardOutput(_ arguments: [String]) throws {
        do {
            // `help chat` parses to a command that asks for help when it runs.
            var command = try SpyreCommand.parseAsRoot(arguments)
            try command.run()
            Issue.record("ran: \(arguments)")
        } catch {
            let report = FailureReport(error, arguments: arguments)
            #expect(report.exitCode == 0)
            #expect(report.line.isEmpty)
            #expect(!report.output.isEmpty)
        }
    }

    @Test func everyCommandHasExamples() {
        func check(_ command: any ParsableCommand.Type) {
            let help = command.helpMessage()
            #expect(help.contains("EXAMPLES"), "\(command._commandName)")
            #expect(help.contains("  spyre "), "\(command._commandName)")
            command.configuration.subcommands.forEach(check)
        }
        check(SpyreCommand.self)
    }

    @Test func examplesFitATerminalOf80Columns() {
        func check(_ command: any ParsableCommand.Type) {
            for line in command.configuration.discussion.split(separator: "\n") where line.hasPrefix("  ") {
                #expect(line.count <= 80, "\(line)")
            }
            command.configuration.subcommands.forEach(check)
        }
        check(SpyreCommand.self)
    }

    @Test func otherErrorsExitWith1() {
        let error = CheckpointError.notFound(path: "/no\nwhere")
        let report = FailureReport(error, arguments: ["inspect", "/no\nwhere"])
        #expect(report.exitCode == 1)
        #expect(report.line.hasPrefix("spyre: /no"))
        #expect(report.line.filter(\.isNewline).count == 1)
    }

    @Test func quietEnds() {
        #expect(FailureReport(BrokenPipe(), arguments: []).exitCode == 141)
        #expect(FailureReport(BrokenPipe(), arguments: []).line.isEmpty)
        #expect(FailureReport(ExitCode(130), arguments: []).exitCode == 130)
    }

    @Test func oneLine() {
        #expect(OneLine.text("a\n\t b\u{7}c\u{1B}[31m") == "a b\\u{7}c\\u{1b}[31m")
        #expect(OneLine.text("  a  ") == "a")
        #expect(OneLine.quoted(String(repeating: "x", count: 70)) == "'" + String(repeating: "x", count: 60) + "…'")
    }
}
