/// The header of one safetensors file, checked against the file's size.
///
/// Format (safetensors repository, "Format"): 8 bytes little-endian header length N, N bytes of JSON that map each
/// tensor's name to `{"dtype", "shape", "data_offsets": [begin, end]}`, then the data. Offsets count from the start of
/// the data; together the tensors must cover the data exactly, without holes or overlaps.
struct SafetensorsHeader {
    /// In file order, `fileOffset` from the start of the file.
    let tensors: [CheckpointTensor]

    /// Reads and checks the header. Nothing is allocated in proportion to a length before that length was checked.
    init(_ file: MappedFile, index: Int) throws(CheckpointError) {
        let path = file.path
        tensors = try file.withBytes { bytes throws(CheckpointError) in
            var cursor = ByteCursor(bytes)
            guard let length = cursor.read(UInt64.self) else {
                throw .truncatedHeader(file: path, what: "the header length", needed: 8, available: bytes.count)
            }
            guard length <= Limits.safetensorsHeaderBytes else {
                throw .headerTooLong(file: path, length: length, limit: Limits.safetensorsHeaderBytes)
            }
            guard let header = cursor.read(count: Int(length)) else {
                throw .truncatedHeader(
                    file: path, what: "the header", needed: length, available: cursor.remaining)
            }
            guard header.first == UInt8(ascii: "{") else { throw .headerNotAnObject(file: path) }
            let entries = try Self.readEntries(header, file: path)
            return try Self.layOut(
                entries, file: path, fileIndex: index, dataStart: cursor.position, dataCount: cursor.remaining)
        }
    }

    private static func readEntries(
        _ header: UnsafeRawBufferPointer, file: String
    ) throws(CheckpointError) -> [SafetensorsEntry] {
        var entries: [SafetensorsEntry] = []
        var names: Set<String> = []
        var hasMetadata = false
        var cursor = JSONCursor(header, file: file)
        try cursor.readObject { cursor, name throws(CheckpointError) in
            if name == "__metadata__" {
                guard !hasMetadata else { throw .duplicateKey(file: file, key: name) }
                hasMetadata = true
                return try skipMetadata(&cursor, file: file)
            }
            try TensorName.check(name, file: file, limit: Limits.tensorNameBytes)
            guard names.insert(name).inserted else { throw .duplicateTensor(file: file, tensor: name) }
            guard entries.count < Limits.tensors else {
                throw .tooManyTensors(file: file, count: UInt64(entries.count) + 1, limit: Limits.tensors)
            }
            entries.append(try SafetensorsEntry(&cursor, name: name, file: file))
        }
        try cursor.readEnd()
        return entries
    }

    /// Checks `__metadata__`, whose content nothing here needs.
    private static func skipMetadata(_ cursor: inout JSONCursor, file: String) throws(CheckpointError) {
        guard try cursor.peekKind() == .object else {
            throw .invalidMetadata(file: file, reason: "must be an object of strings")
        }
        var keys: Set<String> = []
        try cursor.readObject { cursor, key throws(CheckpointError) in
            guard keys.insert(key).inserted else { throw .duplicateKey(file: file, key: key) }
            guard keys.count <= Limits.jsonValues else { throw .jsonTooLarge(file: file, limit: Limits.jsonValues) }
            guard try cursor.peekKind() == .string else {
                throw .invalidMetadata(file: file, reason: "must be an object of strings")
            }
            _ = try cursor.readString()
        }
    }

    /// Puts the tensors in file order and checks that they cover the data exactly.
    private static func layOut(
        _ entries: [SafetensorsEntry], file: String, fileIndex: Int, dataStart: Int, dataCount: Int
    ) throws(CheckpointError) -> [CheckpointTensor] {
        let ordered = entries.sorted { ($0.begin, $0.end, $0.name) < ($1.begin, $1.end, $1.name) }
        var tensors: [CheckpointTensor] = []
        tensors.reserveCapacity(ordered.count)
        var expected = 0
        for entry in ordered {
            guard entry.end <= dataCount else {
                throw .tensorOutOfBounds(
                    file: file, tensor: entry.name, end: UInt64(entry.end), available: dataCount)
            }
            guard entry.begin >= expected else {
                throw .overlappingTensors(
                    file: file, tensor: entry.name, offset: UInt64(entry.begin), expected: UInt64(expected))
            }
            guard entry.begin == expected else {
                throw .holeBeforeTensor(
                    file: file, tensor: entry.name, offset: UInt64(entry.begin), expected: UInt64(expected))
            }
            expected = entry.end
            tensors.append(entry.tensor(fileIndex: fileIndex, dataStart: dataStart))
        }
        guard expected == dataCount else { throw .trailingBytes(file: file, count: dataCount - expected) }
        return tensors
    }
}
