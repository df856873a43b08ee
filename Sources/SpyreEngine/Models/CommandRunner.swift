/// Runs other programs; replaced in tests.
protocol CommandRunner: Sendable {
    /// Runs a program to its end.
    ///
    /// - Parameters:
    ///   - executable: its path.
    ///   - environment: all of its environment.
    ///   - directory: an existing folder for its output and working files.
    ///   - whileRunning: called several times a second.
    func run(
        _ executable: String, _ arguments: [String], environment: [String: String], directory: String,
        whileRunning: () -> Void
    ) throws -> CommandResult
}

/// How a program ended.
struct CommandResult: Sendable, Equatable {
    let status: Int32
    /// Standard output and standard error together.
    let output: String
}
