import Foundation

/// An open regular file, closed when the value ends.
struct FileDescriptor: ~Copyable {
    let path: String
    let bytes: Int
    let number: Int32

    /// Opens a regular, non-empty file for reading. Never blocks on a pipe.
    init(path: String) throws(CheckpointError) {
        guard !path.utf8.contains(0) else { throw .notFound(path: path) }
        let number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard number >= 0 else { throw FileStatus.failure(path: path, code: errno) }
        var status = stat()
        guard fstat(number, &status) == 0 else {
            let code = errno
            close(number)
            throw FileStatus.failure(path: path, code: code)
        }
        guard case .regular(let bytes) = FileStatus(status) else {
            close(number)
            throw .notAFile(path: path)
        }
        guard bytes > 0 else {
            close(number)
            throw .emptyFile(path: path)
        }
        self.path = path
        self.bytes = bytes
        self.number = number
    }

    deinit { close(number) }

    /// The whole file. `limit` is checked before anything is allocated.
    func readAll(limit: Int) throws(CheckpointError) -> [UInt8] {
        guard bytes <= limit else { throw .fileTooLarge(path: path, bytes: bytes, limit: limit) }
        var content = [UInt8](repeating: 0, count: bytes)
        var filled = 0
        while filled < bytes {
            let count = content.withUnsafeMutableBytes { buffer in
                read(number, buffer.baseAddress.map { $0 + filled }, bytes - filled)
            }
            if count < 0 {
                guard errno == EINTR else { throw FileStatus.failure(path: path, code: errno) }
            } else if count == 0 {
                throw .notReadable(path: path, reason: "it became shorter while it was read")
            } else {
                filled += count
            }
        }
        return content
    }
}
