/// Reads the parts of a GGUF header in order and checks every length against the rest of the file before using it.
///
/// Source: the GGUF specification (ggml repository, docs/gguf.md), versions 2 and 3, little-endian.
struct GGUFReader {
    let file: String
    private var cursor: ByteCursor

    init(_ bytes: UnsafeRawBufferPointer, file: String) {
        self.file = file
        cursor = ByteCursor(bytes)
    }

    var position: Int { cursor.position }
    var remaining: Int { cursor.remaining }

    mutating func integer<T: FixedWidthInteger>(_ type: T.Type, _ what: String) throws(CheckpointError) -> T {
        guard let value = cursor.read(type) else {
            throw .truncatedHeader(
                file: file, what: what, needed: UInt64(MemoryLayout<T>.size), available: cursor.remaining)
        }
        return value
    }

    /// Reads a length-prefixed string and answers where its bytes are.
    mutating func stringBytes(_ what: String, limit: Int) throws(CheckpointError) -> UnsafeRawBufferPointer {
        let length = try integer(UInt64.self, what)
        guard length <= min(limit, cursor.remaining), let bytes = cursor.read(count: Int(length)) else {
            throw .stringTooLong(file: file, what: what, length: length, available: min(limit, cursor.remaining))
        }
        return bytes
    }

    mutating func skip(_ count: Int, _ what: String) throws(CheckpointError) {
        guard cursor.skip(count) else {
            throw .truncatedHeader(file: file, what: what, needed: UInt64(max(count, 0)), available: cursor.remaining)
        }
    }

    /// Checks magic, byte order and version, and reads the two counts.
    mutating func preamble() throws(CheckpointError) -> (tensors: Int, entries: Int) {
        guard try integer(UInt32.self, "the magic number") == 0x4655_4747 else { throw .notGGUF(file: file) }
        let version = try integer(UInt32.self, "the version")
        guard version == 2 || version == 3 else {
            // A small number in the upper half only is a version in the other byte order.
            if version != 0, version & 0xFFFF == 0 { throw .bigEndianFile(file: file) }
            throw .unsupportedVersion(file: file, version: version)
        }
        let tensors = try integer(UInt64.self, "the tensor count")
        let entries = try integer(UInt64.self, "the metadata count")
        // A tensor takes at least 24 bytes (name length, rank, type, offset), an entry 13 (key length, type, value).
        let tensorLimit = min(Limits.tensors, cursor.remaining / 24)
        guard tensors <= tensorLimit else {
            throw .tooManyTensors(file: file, count: tensors, limit: tensorLimit)
        }
        let entryLimit = min(Limits.ggufEntries, cursor.remaining / 13)
        guard entries <= entryLimit else {
            throw .tooManyMetadataEntries(file: file, count: entries, limit: entryLimit)
        }
        return (Int(tensors), Int(entries))
    }
}
