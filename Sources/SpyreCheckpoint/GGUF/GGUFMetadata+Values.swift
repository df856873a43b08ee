extension GGUFMetadata {
    /// A string. Throws `invalidUTF8` when it is not UTF-8.
    public func string(_ key: String) throws(CheckpointError) -> String? {
        try decode(key, array: false, expected: "a string", of: .string)?.first
    }

    /// An integer of any width that fits in 63 bits and sign.
    public func integer(_ key: String) throws(CheckpointError) -> Int? {
        try decodeIntegers(key, array: false, expected: "an integer")?.first
    }

    /// A floating point number or an integer.
    public func number(_ key: String) throws(CheckpointError) -> Double? {
        try decodeNumbers(key, array: false, expected: "a number")?.first
    }

    /// A boolean.
    public func bool(_ key: String) throws(CheckpointError) -> Bool? {
        try decodeBooleans(key, array: false, expected: "a boolean")?.first
    }

    /// An array of strings, decoded anew by every call. Throws `invalidUTF8` when one is not UTF-8.
    public func strings(_ key: String) throws(CheckpointError) -> [String]? {
        try decode(key, array: true, expected: "an array of strings", of: .string)
    }

    /// An array of integers of any width, decoded anew by every call.
    public func integers(_ key: String) throws(CheckpointError) -> [Int]? {
        try decodeIntegers(key, array: true, expected: "an array of integers")
    }

    /// An array of floating point numbers or integers, decoded anew by every call.
    public func numbers(_ key: String) throws(CheckpointError) -> [Double]? {
        try decodeNumbers(key, array: true, expected: "an array of numbers")
    }

    /// An array of booleans, decoded anew by every call.
    public func bools(_ key: String) throws(CheckpointError) -> [Bool]? {
        try decodeBooleans(key, array: true, expected: "an array of booleans")
    }

    // MARK: Decoding

    /// The entry of `key` if it is an array (or is none, as asked) of one of `types`.
    private func entry(
        _ key: String, array: Bool, of types: Set<GGUFValueType>, expected: String
    ) throws(CheckpointError) -> GGUFEntry? {
        guard let entry = entries[key] else { return nil }
        guard (entry.type == .array) == array, types.contains(entry.elementType) else {
            throw .wrongFieldType(file: file.path, field: key, expected: expected)
        }
        return entry
    }

    /// Decodes all elements of an entry; `element` answers nil when the bytes end, which the checks at opening exclude.
    private func decodeElements<T>(
        _ entry: GGUFEntry, key: String, _ element: (inout ByteCursor) throws(CheckpointError) -> T?
    ) throws(CheckpointError) -> [T] {
        let decoded = try file.withBytes(in: entry.range) { bytes throws(CheckpointError) in
            var cursor = ByteCursor(bytes)
            var values: [T] = []
            values.reserveCapacity(entry.count)
            for _ in 0..<entry.count {
                guard let value = try element(&cursor) else { return [T]?.none }
                values.append(value)
            }
            return values
        }
        guard case .some(.some(let values)) = decoded else {
            throw .truncatedHeader(
                file: file.path, what: "the value of '\(key)'", needed: UInt64(entry.range.count), available: 0)
        }
        return values
    }

    private func decode(
        _ key: String, array: Bool, expected: String, of type: GGUFValueType
    ) throws(CheckpointError) -> [String]? {
        guard let entry = try entry(key, array: array, of: [type], expected: expected) else { return nil }
        return try decodeElements(entry, key: key) { cursor throws(CheckpointError) in
            guard let length = cursor.read(UInt64.self), let count = Int(exactly: length),
                let bytes = cursor.read(count: count)
            else { return nil }
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw .invalidUTF8(file: file.path, what: "metadata '\(key)'")
            }
            return text
        }
    }

    private static let integerTypes: Set<GGUFValueType> = [
        .uint8, .int8, .uint16, .int16, .uint32, .int32, .uint64, .int64,
    ]

    private func decodeIntegers(
        _ key: String, array: Bool, expected: String
    ) throws(CheckpointError) -> [Int]? {
        guard let entry = try entry(key, array: array, of: Self.integerTypes, expected: expected) else { return nil }
        return try decodeElements(entry, key: key) { cursor throws(CheckpointError) in
            try integer(&cursor, entry.elementType, key: key)
        }
    }

    private func integer(
        _ cursor: inout ByteCursor, _ type: GGUFValueType, key: String
    ) throws(CheckpointError) -> Int? {
        switch type {
        case .uint8: return cursor.read(UInt8.self).map(Int.init)
        case .int8: return cursor.read(Int8.self).map(Int.init)
        case .uint16: return cursor.read(UInt16.self).map(Int.init)
        case .int16: return cursor.read(Int16.self).map(Int.init)
        case .uint32: return cursor.read(UInt32.self).map(Int.init)
        case .int32: return cursor.read(Int32.self).map(Int.init)
        case .int64: return cursor.read(Int64.self).map(Int.init)
        case .uint64:
            guard let value = cursor.read(UInt64.self) else { return nil }
            guard let integer = Int(exactly: value) else {
                throw .fieldOutOfRange(file: file.path, field: key, value: "\(value)", allowed: "below 2^63")
            }
            return integer
        default: return nil
        }
    }

    private func decodeNumbers(
        _ key: String, array: Bool, expected: String
    ) throws(CheckpointError) -> [Double]? {
        let types = Self.integerTypes.union([.float32, .float64])
        guard let entry = try entry(key, array: array, of: types, expected: expected) else { return nil }
        return try decodeElements(entry, key: key) { cursor throws(CheckpointError) in
            switch entry.elementType {
            case .float32: return cursor.read(UInt32.self).map { Double(Float(bitPattern: $0)) }
            case .float64: return cursor.read(UInt64.self).map { Double(bitPattern: $0) }
            default: return try integer(&cursor, entry.elementType, key: key).map(Double.init)
            }
        }
    }

    private func decodeBooleans(
        _ key: String, array: Bool, expected: String
    ) throws(CheckpointError) -> [Bool]? {
        guard let entry = try entry(key, array: array, of: [.bool], expected: expected) else { return nil }
        return try decodeElements(entry, key: key) { cursor throws(CheckpointError) in
            cursor.read(UInt8.self).map { $0 != 0 }
        }
    }
}
