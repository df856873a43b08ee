import Foundation

/// Runs the built executable, as a user does.
struct SpyreProgram {
    struct Answer {
        let status: Int32
        let output: String
        let errors: String

        var outputLines: [String] { output.split(separator: "\n").map(String.init) }
        var errorLines: [String] { errors.split(separator: "\n").map(String.init) }
    }

    struct NotBuilt: Error, CustomStringConvertible {
        let description: String
    }

    var environment: [String: String] = [:]

    /// The executable is built into the folder that the test bundle is in.
    static func url() throws -> URL {
        let bundle = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let places = [bundle, Bundle.main.bundleURL] + CommandLine.arguments.map { URL(fileURLWithPath: $0) }
        for place in places {
            let candidate = place.deletingLastPathComponent().appendingPathComponent("spyre")
            if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
        }
        throw NotBuilt(description: "no executable spyre in \(places.map { $0.deletingLastPathComponent().path })")
    }

    func process(_ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = try Self.url()
        process.arguments = arguments
        var environment = ProcessInfo.processInfo.environment
        // Small models gain nothing from more threads, and tests run beside each other.
        environment["OMP_NUM_THREADS"] = "1"
        environment["SPYRE_LOG_LEVEL"] = nil
        process.environment = environment.merging(self.environment) { $1 }
        return process
    }

    /// Runs to the end. The outputs go through files, because a pipe that is full would stop the program.
    func callAsFunction(_ arguments: [String], input: String = "") throws -> Answer {
        try TemporaryFolder.with { folder in
            let process = try process(arguments)
            try Data(input.utf8).write(to: folder.appendingPathComponent("in"))
            let output = folder.appendingPathComponent("out")
            let errors = folder.appendingPathComponent("err")
            for file in [output, errors] { try Data().write(to: file) }
            process.standardInput = try FileHandle(forReadingFrom: folder.appendingPathComponent("in"))
            process.standardOutput = try FileHandle(forWritingTo: output)
            process.standardError = try FileHandle(forWritingTo: errors)
            try process.run()
            process.waitUntilExit()
            return Answer(
                status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
                output: try String(contentsOf: output, encoding: .utf8),
                errors: try String(contentsOf: errors, encoding: .utf8))
        }
    }
}
