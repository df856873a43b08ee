import Foundation

/// A file mapped read-only into memory.
///
/// The mapping lives as long as the object. Pages are read when they are first touched. The file may be renamed or
/// removed meanwhile; if another process shortens it or rewrites it in place, touching a lost page ends this process
/// with SIGBUS, and no check here can prevent that.
final class MappedFile: @unchecked Sendable {
    let path: String
    /// Immutable after initialisation; nobody writes through it.
    private let start: UnsafeMutableRawPointer
    let count: Int

    init(path: String) throws(CheckpointError) {
        let file = try FileDescriptor(path: path)
        let address = mmap(nil, file.bytes, PROT_READ, MAP_PRIVATE, file.number, 0)
        guard let address, address != MAP_FAILED else { throw FileStatus.failure(path: path, code: errno) }
        self.path = path
        self.start = address
        self.count = file.bytes
    }

    deinit { munmap(start, count) }

    /// Gives the mapped bytes of the whole file, alive for the call.
    func withBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        defer { withExtendedLifetime(self) {} }
        return try body(UnsafeRawBufferPointer(start: start, count: count))
    }

    /// Gives the bytes of `range`, or nil when it is not inside the file.
    func withBytes<R, E: Error>(
        in range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R? {
        guard range.lowerBound >= 0, range.upperBound <= count else { return nil }
        return try withBytes { bytes throws(E) in try body(UnsafeRawBufferPointer(rebasing: bytes[range])) }
    }
}
