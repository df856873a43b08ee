import Foundation

/// Runs programs as child processes of this one.
struct ProcessRunner: CommandRunner {
    /// Bytes of output that are kept: the last ones, where errors stand.
    private static let outputLimit = 64 << 10

    func run(
        _ executable: String, _ arguments: [String], environment: [String: String], directory: String,
        whileRunning: () -> Void
    ) throws -> CommandResult {
        // A file takes any amount of output without anybody reading it meanwhile; a pipe does not.
        let log = URL(fileURLWithPath: directory).appendingPathComponent("output-\(UUID().uuidString).log")
        try Data().write(to: log)
        let handle = try FileHandle(forUpdating: log)
        defer {
            try? handle.close()
            try? FileManager.default.removeItem(at: log)
        }
        var process = try ChildProcess(
            executable, arguments, environment: environment, output: handle.fileDescriptor,
            errors: handle.fileDescriptor)
        let status = try wait(for: &process, whileRunning)
        let end = try handle.seekToEnd()
        try handle.seek(toOffset: end > UInt64(Self.outputLimit) ? end - UInt64(Self.outputLimit) : 0)
        let bytes = try handle.readToEnd() ?? Data()
        return CommandResult(status: status, output: String(decoding: bytes, as: UTF8.self))
    }

    private func wait(for process: inout ChildProcess, _ whileRunning: () -> Void) throws -> Int32 {
        while true {
            if let status = try process.poll() { return status }
            whileRunning()
            Thread.sleep(forTimeInterval: 0.1)
        }
    }
}
