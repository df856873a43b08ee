/// Where one metadata value is in the file, checked to lie inside it.
struct GGUFEntry: Sendable {
    let type: GGUFValueType
    /// Type of the elements of an array; `type` itself otherwise.
    let elementType: GGUFValueType
    /// Elements of an array; 1 otherwise.
    let count: Int
    /// The bytes of the value: the first element of an array, the length field of a string.
    let range: Range<Int>

    init(_ reader: inout GGUFReader, key: String) throws(CheckpointError) {
        type = try Self.valueType(&reader, key: key)
        guard type == .array else {
            let start = reader.position
            try Self.skipValues(&reader, key: key, type: type, count: 1)
            elementType = type
            count = 1
            range = start..<reader.position
            return
        }
        elementType = try Self.valueType(&reader, key: key)
        guard elementType != .array else { throw .nestedArray(file: reader.file, key: key) }
        let declared = try reader.integer(UInt64.self, "the array length of '\(key)'")
        let limit = min(Limits.ggufArrayElements, reader.remaining / elementType.minimumByteCount)
        guard declared <= limit else {
            throw .arrayTooLong(file: reader.file, key: key, count: declared, limit: limit)
        }
        count = Int(declared)
        let start = reader.position
        try Self.skipValues(&reader, key: key, type: elementType, count: count)
        range = start..<reader.position
    }

    private static func valueType(_ reader: inout GGUFReader, key: String) throws(CheckpointError) -> GGUFValueType {
        let number = try reader.integer(UInt32.self, "the value type of '\(key)'")
        guard let type = GGUFValueType(rawValue: number) else {
            throw .unknownMetadataType(file: reader.file, key: key, type: number)
        }
        return type
    }

    /// Moves over `count` values; `count` values of the type's least size are known to fit.
    private static func skipValues(
        _ reader: inout GGUFReader, key: String, type: GGUFValueType, count: Int
    ) throws(CheckpointError) {
        let what = "the value of '\(key)'"
        switch type {
        case .string:
            for _ in 0..<count { _ = try reader.stringBytes(what, limit: Limits.ggufStringBytes) }
        case .bool:
            for _ in 0..<count {
                let value = try reader.integer(UInt8.self, what)
                guard value <= 1 else { throw .invalidBoolean(file: reader.file, key: key, value: value) }
            }
        default:
            try reader.skip(count * type.minimumByteCount, what)
        }
    }
}
