import Foundation

/// What stands at a path, with symbolic links followed.
enum FileStatus: Equatable {
    case missing
    case directory
    case regular(bytes: Int)
    /// A pipe, socket or device.
    case other

    init(path: String) throws(CheckpointError) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            switch errno {
            case ENOENT, ENOTDIR: self = .missing
            case let code: throw FileStatus.failure(path: path, code: code)
            }
            return
        }
        self.init(status)
    }

    init(_ status: stat) {
        switch status.st_mode & mode_t(S_IFMT) {
        case mode_t(S_IFDIR): self = .directory
        case mode_t(S_IFREG): self = .regular(bytes: Int(status.st_size))
        default: self = .other
        }
    }

    /// The error for a failed system call.
    static func failure(path: String, code: Int32) -> CheckpointError {
        switch code {
        case ENOENT, ENOTDIR: .notFound(path: path)
        case ELOOP: .symbolicLinkLoop(path: path)
        default: .notReadable(path: path, reason: String(cString: strerror(code)))
        }
    }

    /// Names in a directory, sorted.
    static func names(inDirectory path: String) throws(CheckpointError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        } catch {
            throw .notReadable(path: path, reason: "the directory cannot be listed; check its permissions")
        }
    }
}
