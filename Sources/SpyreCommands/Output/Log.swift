import Foundation
import Logging

/// The program's log: lines on standard error, from `warning` up unless SPYRE_LOG_LEVEL says otherwise.
enum Log {
    static let variable = "SPYRE_LOG_LEVEL"

    /// Sets the log up for the whole process. Called once, by the command that runs.
    ///
    /// - Parameter standard: the level where neither `--quiet` nor the variable says another.
    /// - Throws: `CommandFailure` for an unknown level.
    static func start(quiet: Bool, standard: Logger.Level = .warning) throws {
        let level = try level(
            quiet: quiet, standard: standard, environment: ProcessInfo.processInfo.environment)
        LoggingSystem.bootstrap { _ in LineLogHandler(logLevel: level) }
    }

    static func level(
        quiet: Bool, standard: Logger.Level = .warning, environment: [String: String]
    ) throws -> Logger.Level {
        guard let name = environment[variable], !name.isEmpty else { return quiet ? .error : standard }
        guard let level = Logger.Level(rawValue: name) else {
            let known = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw CommandFailure("\(variable) must be one of \(known), got \(OneLine.quoted(name))")
        }
        return level
    }
}
