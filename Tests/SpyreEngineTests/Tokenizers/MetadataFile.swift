/// Writes GGUF files that hold metadata and no tensor (GGUF specification, version 3; little-endian).
struct MetadataFile {
    enum Value {
        case string(String)
        case integer(UInt32)
        case bool(Bool)
        case strings([String])
        case integers([UInt32])
    }

    var entries: [(key: String, value: Value)] = []

    subscript(key: String) -> Value? {
        get { entries.first { $0.key == key }?.value }
        set {
            entries.removeAll { $0.key == key }
            if let newValue { entries.append((key, newValue)) }
        }
    }

    var bytes: [UInt8] {
        var bytes = Array("GGUF".utf8) + Self.little(UInt32(3)) + Self.little(UInt64(0))
        bytes += Self.little(UInt64(entries.count))
        for (key, value) in entries { bytes += Self.string(key) + Self.encoded(value) }
        return bytes
    }

    private static func encoded(_ value: Value) -> [UInt8] {
        switch value {
        case .string(let text): little(UInt32(8)) + string(text)
        case .integer(let number): little(UInt32(4)) + little(number)
        case .bool(let flag): little(UInt32(7)) + [flag ? 1 : 0]
        case .strings(let texts):
            little(UInt32(9)) + little(UInt32(8)) + little(UInt64(texts.count)) + texts.flatMap(string)
        case .integers(let numbers):
            little(UInt32(9)) + little(UInt32(4)) + little(UInt64(numbers.count)) + numbers.flatMap { little($0) }
        }
    }

    private static func string(_ text: String) -> [UInt8] { little(UInt64(text.utf8.count)) + Array(text.utf8) }

    private static func little(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}
