/// Reads little-endian integers from a buffer, never past its end.
///
/// The reads answer nil at the end of the buffer and leave the position where it was.
struct ByteCursor {
    private let bytes: UnsafeRawBufferPointer
    private(set) var position: Int

    init(_ bytes: UnsafeRawBufferPointer, position: Int = 0) {
        self.bytes = bytes
        self.position = min(max(position, 0), bytes.count)
    }

    var remaining: Int { bytes.count - position }

    /// An integer of any width, at any alignment.
    mutating func read<T: FixedWidthInteger>(_ type: T.Type) -> T? {
        let size = MemoryLayout<T>.size
        guard remaining >= size else { return nil }
        let value = T(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: T.self))
        position += size
        return value
    }

    /// The next `count` bytes, as a view of the buffer.
    mutating func read(count: Int) -> UnsafeRawBufferPointer? {
        guard count >= 0, remaining >= count else { return nil }
        let view = UnsafeRawBufferPointer(rebasing: bytes[position..<(position + count)])
        position += count
        return view
    }

    /// Moves forward; false (and no move) when fewer bytes remain.
    mutating func skip(_ count: Int) -> Bool {
        guard count >= 0, remaining >= count else { return false }
        position += count
        return true
    }
}
