import ArgumentParser
import Foundation

/// The program `spyre`: arguments in, an exit code out.
///
/// Standard output carries results only. What went wrong is one line on standard error, `spyre: …`, and the exit code
/// is 64 for a wrong command line (`EX_USAGE` of sysexits.h), 130 after Ctrl-C and 1 for everything else.
public enum CommandLineTool {
    /// Runs the command and ends the process.
    ///
    /// - Parameter arguments: without the program's name.
    public static func main(_ arguments: [String]) -> Never {
        // Before a device can read it, and before there is a second thread: the environment has no lock.
        ThreadVariable.unsetIfBlank()
        Interruption.exitOnInterrupt()
        do {
            var command = try SpyreCommand.parseAsRoot(arguments)
            try command.run()
            try StandardOutput.shared.flush()
            exit(0)
        } catch {
            finish(FailureReport(error, arguments: arguments))
        }
    }

    private static func finish(_ report: FailureReport) -> Never {
        // What was finished before the failure still goes out; a closed pipe then no longer matters.
        try? StandardOutput.shared.write(report.output)
        try? StandardOutput.shared.flush()
        StandardError.write(report.line)
        exit(report.exitCode)
    }
}
