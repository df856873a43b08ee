import ArgumentParser
import Foundation

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Tells what this computer can do and what is missing.",
        discussion: """
            One line for each thing: ok or missing, what was found and what to do. The exit code is 1 when something \
            is missing.

            EXAMPLES
              spyre doctor
              SPYRE_ISA=avx2 spyre doctor    kernels as on a processor without AVX-512
              spyre doctor --json
            """)

    @OptionGroup var output: OutputOptions

    func run() throws {
        try Log.start(quiet: output.quiet)
        let environment = ProcessInfo.processInfo.environment
        let report = HostReport(
            files: HostFiles(), environment: environment, models: ModelCacheChecks.checks())
        if output.json {
            try StandardOutput.shared.writeLine(JSONLine.text(report))
        } else {
            for check in report.checks { try StandardOutput.shared.writeLine(check.line) }
        }
        try StandardOutput.shared.flush()
        if !report.isComplete { throw ExitCode(1) }
    }
}
