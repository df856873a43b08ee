/// model.safetensors.index.json: which shard holds which tensor.
struct SafetensorsIndex {
    let file: String
    /// Shard file names, sorted; each is a plain name in the index's own directory.
    let shards: [String]
    /// Tensor name → position in `shards`.
    let placement: [String: Int]

    init(path: String) throws(CheckpointError) {
        let text = try FileDescriptor(path: path).readAll(limit: Limits.indexBytes)
        try self.init(text, file: path)
    }

    init(_ text: [UInt8], file: String) throws(CheckpointError) {
        let parsed: Result<[String: String], CheckpointError> = text.withUnsafeBytes { bytes in
            do throws(CheckpointError) {
                return .success(try Self.readWeightMap(bytes, file: file))
            } catch {
                return .failure(error)
            }
        }
        let weightMap = try parsed.get()
        guard !weightMap.isEmpty else { throw .invalidIndex(file: file, reason: "weight_map is empty") }
        let shards = Set(weightMap.values).sorted()
        guard shards.count <= Limits.shards else {
            throw .tooManyShards(file: file, count: shards.count, limit: Limits.shards)
        }
        let positions = Dictionary(uniqueKeysWithValues: zip(shards, shards.indices))
        self.file = file
        self.shards = shards
        self.placement = weightMap.compactMapValues { positions[$0] }
    }

    private static func readWeightMap(
        _ bytes: UnsafeRawBufferPointer, file: String
    ) throws(CheckpointError) -> [String: String] {
        var cursor = JSONCursor(bytes, file: file)
        guard try cursor.peekKind() == .object else { throw .invalidIndex(file: file, reason: "is not an object") }
        var weightMap: [String: String]?
        var keys: Set<String> = []
        try cursor.readObject { cursor, key throws(CheckpointError) in
            guard keys.insert(key).inserted else { throw .duplicateKey(file: file, key: key) }
            guard key == "weight_map" else {
                _ = try cursor.readValue()
                return
            }
            guard try cursor.peekKind() == .object else {
                throw .invalidIndex(file: file, reason: "weight_map must be an object of file names")
            }
            weightMap = try readEntries(&cursor, file: file)
        }
        try cursor.readEnd()
        guard let weightMap else { throw .invalidIndex(file: file, reason: "weight_map is missing") }
        return weightMap
    }

    private static func readEntries(
        _ cursor: inout JSONCursor, file: String
    ) throws(CheckpointError) -> [String: String] {
        var entries: [String: String] = [:]
        try cursor.readObject { cursor, tensor throws(CheckpointError) in
            guard try cursor.peekKind() == .string else {
                throw .invalidIndex(file: file, reason: "weight_map must be an object of file names")
            }
            let shard = try cursor.readString()
            guard isPlainFileName(shard) else { throw .unsafeShardName(file: file, shard: shard) }
            guard entries.updateValue(shard, forKey: tensor) == nil else {
                throw .duplicateKey(file: file, key: tensor)
            }
            guard entries.count <= Limits.tensors else {
                throw .tooManyTensors(file: file, count: UInt64(entries.count), limit: Limits.tensors)
            }
        }
        return entries
    }

    /// Only a name in the same directory: no separators, no leading dot, no control characters, the right extension.
    private static func isPlainFileName(_ name: String) -> Bool {
        name.hasSuffix(".safetensors") && !name.hasPrefix(".") && name.utf8.count <= 255
            && name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "\\") }
    }
}
