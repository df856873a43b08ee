import Foundation

/// A program that runs as a child process, in this process's group: Ctrl-C at a terminal reaches both.
///
/// Foundation's own class waits for its children through a run loop, which needs a network interface and complains
/// where there is none. One thread at a time.
package struct ChildProcess {
    private let id: pid_t
    private var status: Int32?

    /// Starts the program, with nothing on its standard input.
    ///
    /// - Parameters:
    ///   - executable: its path.
    ///   - environment: all of its environment.
    ///   - output: descriptor for its standard output; stays the caller's.
    ///   - errors: the same for standard error; nil drops what is written there.
    /// - Throws: an `NSError` of the POSIX domain.
    package init(
        _ executable: String, _ arguments: [String], environment: [String: String], output: Int32, errors: Int32?
    ) throws {
        var actions = posix_spawn_file_actions_t()
        try Self.check(posix_spawn_file_actions_init(&actions))
        defer { posix_spawn_file_actions_destroy(&actions) }
        try Self.check(posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0))
        try Self.check(posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO))
        if let errors {
            try Self.check(posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO))
        } else {
            try Self.check(posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0))
        }
        var attributes = posix_spawnattr_t()
        try Self.check(posix_spawnattr_init(&attributes))
        defer { posix_spawnattr_destroy(&attributes) }
        // The calling thread may block signals, which the program would inherit.
        var signals = sigset_t()
        sigemptyset(&signals)
        try Self.check(posix_spawnattr_setsigmask(&attributes, &signals))
        try Self.check(posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK)))
        var id: pid_t = 0
        var words: [UnsafeMutablePointer<CChar>?] = ([executable] + arguments).map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        // A child that another thread has just forked keeps a program that was being written open until it runs its own.
        var code = posix_spawn(&id, executable, &actions, &attributes, &words, &variables)
        for _ in 0..<50 where code == ETXTBSY {
            usleep(10_000)
            code = posix_spawn(&id, executable, &actions, &attributes, &words, &variables)
        }
        try Self.check(code)
        self.id = id
    }

    /// The exit status, of a program that a signal ended 128 and the signal's number; nil while it runs.
    package mutating func poll() throws -> Int32? { try wait(WNOHANG) }

    /// Waits for the end.
    package mutating func wait() throws -> Int32 {
        while true {
            if let status = try wait(0) { return status }
        }
    }

    private mutating func wait(_ options: Int32) throws -> Int32? {
        if let status { return status }
        var word: Int32 = 0
        var ended = waitpid(id, &word, options)
        while ended < 0, errno == EINTR { ended = waitpid(id, &word, options) }
        if ended < 0 { try Self.check(errno) }
        guard ended == id else { return nil }
        let signal = word & 0x7F
        status = signal == 0 ? (word >> 8) & 0xFF : 128 + signal
        return status
    }

    private static func check(_ code: Int32) throws {
        if code != 0 { throw NSError(domain: NSPOSIXErrorDomain, code: Int(code)) }
    }
}
