import Foundation

/// Standard output, buffered, with errors: a full disk or a closed pipe is noticed.
///
/// One thread at a time.
final class StandardOutput {
    /// The process's own. Commands write on one thread only.
    nonisolated(unsafe) static let shared = StandardOutput(descriptor: STDOUT_FILENO)

    private static let capacity = 64 << 10
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    var isTerminal: Bool { isatty(descriptor) == 1 }

    /// - Throws: `BrokenPipe` or a `CommandFailure`.
    func write(_ text: String) throws {
        buffer.append(contentsOf: text.utf8)
        if buffer.count >= Self.capacity { try flush() }
    }

    func writeLine(_ text: String) throws { try write(text + "\n") }

    func flush() throws {
        // What cannot be written is dropped: it could not be written later either.
        defer { buffer.removeAll(keepingCapacity: true) }
        var start = 0
        while start < buffer.count {
            let written = buffer.withUnsafeBytes { bytes in
                Foundation.write(descriptor, bytes.baseAddress.map { $0 + start }, bytes.count - start)
            }
            if written > 0 {
                start += written
            } else if written < 0, errno != EINTR {
                if errno == EPIPE { throw BrokenPipe() }
                throw CommandFailure(Self.reason(errno))
            }
        }
    }

    private static func reason(_ code: Int32) -> String {
        let reason = "cannot write to standard output: " + String(cString: strerror(code))
        return code == ENOSPC ? reason + "; free some space or send the output elsewhere" : reason
    }
}
