/// A failure that a command found itself: one line that says what was wrong and what to do.
struct CommandFailure: Error, Equatable, CustomStringConvertible {
    enum Kind {
        /// The command line is wrong.
        case usage
        /// A variable of the environment is wrong, which no help text of a command explains.
        case environment
        /// Anything else: files, models, memory, network.
        case failure

        var exitCode: Int32 {
            switch self {
            // EX_USAGE of sysexits.h.
            case .usage, .environment: 64
            case .failure: 1
            }
        }
    }

    let kind: Kind
    let description: String

    init(_ description: String, kind: Kind = .failure) {
        self.description = description
        self.kind = kind
    }

    static func usage(_ description: String) -> CommandFailure { CommandFailure(description, kind: .usage) }

    /// The failure of one line of an input file.
    static func line(_ number: Int, of file: String, _ reason: String) -> CommandFailure {
        CommandFailure("\(file):\(number): \(reason)")
    }
}
