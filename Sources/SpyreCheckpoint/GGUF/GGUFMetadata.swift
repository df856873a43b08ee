/// The key/value pairs of a GGUF file.
///
/// Values stay in the mapped file and are decoded when they are asked for, arrays of strings too: opening a file with
/// a vocabulary of 49,152 tokens decodes none of them. Every accessor answers nil for a key that is absent and throws
/// `wrongFieldType` for one of another type. Safe to use from any thread; keeps the file mapped.
public struct GGUFMetadata: Sendable {
    /// All keys in file order.
    public let keys: [String]
    let entries: [String: GGUFEntry]
    let file: MappedFile

    /// Reads `count` entries.
    init(_ reader: inout GGUFReader, count: Int, file: MappedFile) throws(CheckpointError) {
        var keys: [String] = []
        var entries: [String: GGUFEntry] = [:]
        for _ in 0..<count {
            let key = try Self.readKey(&reader)
            guard entries[key] == nil else { throw .duplicateKey(file: reader.file, key: key) }
            entries[key] = try GGUFEntry(&reader, key: key)
            keys.append(key)
        }
        self.keys = keys
        self.entries = entries
        self.file = file
    }

    private static func readKey(_ reader: inout GGUFReader) throws(CheckpointError) -> String {
        let bytes = try reader.stringBytes("a metadata key", limit: Limits.ggufKeyBytes)
        let key = String(decoding: bytes, as: UTF8.self)
        guard !bytes.isEmpty else { throw .invalidMetadataKey(file: reader.file, key: key, reason: "is empty") }
        guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .invalidMetadataKey(file: reader.file, key: key, reason: "is not printable ASCII")
        }
        return key
    }

    /// Whether the file has this key.
    public func contains(_ key: String) -> Bool { entries[key] != nil }

    /// The type of a value; `.array` for arrays.
    public func type(of key: String) -> GGUFValueType? { entries[key]?.type }

    /// The element type of an array, nil for other values.
    public func elementType(of key: String) -> GGUFValueType? {
        entries[key].flatMap { $0.type == .array ? $0.elementType : nil }
    }

    /// The number of elements of an array, nil for other values. Decodes nothing.
    public func arrayCount(of key: String) -> Int? {
        entries[key].flatMap { $0.type == .array ? $0.count : nil }
    }
}
