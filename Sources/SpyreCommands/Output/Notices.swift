import Foundation
import Logging

/// Whether a command shows what a script does not need: progress, and lines about what was done. Warnings and errors
/// are shown always.
enum Notices {
    /// Shown to a person at a terminal, and to whom SPYRE_LOG_LEVEL asks for `info` or more; never with `--quiet`.
    static func areShown(
        quiet: Bool, isTerminal: Bool = StandardError.isTerminal,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> Bool {
        guard !quiet else { return false }
        let level = environment[Log.variable].flatMap(Logger.Level.init(rawValue:))
        return isTerminal || level.map { $0 <= .info } ?? false
    }

    static func write(_ text: String, quiet: Bool) {
        if areShown(quiet: quiet) { StandardError.write("spyre: \(text)\n") }
    }
}
