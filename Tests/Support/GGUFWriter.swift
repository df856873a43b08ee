/// Writes GGUF files. Every part can be replaced by a wrong one.
package struct GGUFWriter {
    package init() {}

    package enum Value {
        case uint8(UInt8)
        case int8(Int8)
        case uint16(UInt16)
        case int16(Int16)
        case uint32(UInt32)
        case int32(Int32)
        case uint64(UInt64)
        case int64(Int64)
        case float32(Float)
        case float64(Double)
        case bool(Bool)
        case string(String)
        case strings([String])
        case uint32s([UInt32])
        case int32s([Int32])
        case float32s([Float])
        case bools([Bool])
        /// A type number and the bytes after it.
        case raw(UInt32, [UInt8])

        package var type: UInt32 {
            switch self {
            case .uint8: 0
            case .int8: 1
            case .uint16: 2
            case .int16: 3
            case .uint32: 4
            case .int32: 5
            case .float32: 6
            case .bool: 7
            case .string: 8
            case .strings, .uint32s, .int32s, .float32s, .bools: 9
            case .uint64: 10
            case .int64: 11
            case .float64: 12
            case .raw(let type, _): type
            }
        }

        package var bytes: [UInt8] {
            switch self {
            case .uint8(let value): littleEndian(value)
            case .int8(let value): littleEndian(value)
            case .uint16(let value): littleEndian(value)
            case .int16(let value): littleEndian(value)
            case .uint32(let value): littleEndian(value)
            case .int32(let value): littleEndian(value)
            case .uint64(let value): littleEndian(value)
            case .int64(let value): littleEndian(value)
            case .float32(let value): littleEndian(value.bitPattern)
            case .float64(let value): littleEndian(value.bitPattern)
            case .bool(let value): [value ? 1 : 0]
            case .string(let value): GGUFWriter.string(Array(value.utf8))
            case .strings(let values): Self.array(8, values.map { GGUFWriter.string(Array($0.utf8)) })
            case .uint32s(let values): Self.array(4, values.map { littleEndian($0) })
            case .int32s(let values): Self.array(5, values.map { littleEndian($0) })
            case .float32s(let values): Self.array(6, values.map { littleEndian($0.bitPattern) })
            case .bools(let values): Self.array(7, values.map { [$0 ? 1 : 0] })
            case .raw(_, let bytes): bytes
            }
        }

        private static func array(_ type: UInt32, _ elements: [[UInt8]]) -> [UInt8] {
            littleEndian(type) + littleEndian(UInt64(elements.count)) + elements.flatMap { $0 }
        }
    }

    package struct Entry {
        package var key: [UInt8]
        package var value: Value

        package init(_ key: String, _ value: Value) {
            self.key = Array(key.utf8)
            self.value = value
        }
    }

    package struct Tensor {
        package var name: [UInt8]
        /// Innermost first, as in the file.
        package var dimensions: [UInt64]
        package var type: UInt32
        package var data: [UInt8]
        /// In place of the right offset.
        package var offset: UInt64?
        /// In place of the number of dimensions.
        package var rank: UInt32?

        package init(_ name: String, _ dimensions: [UInt64], type: UInt32, data: [UInt8]) {
            self.name = Array(name.utf8)
            self.dimensions = dimensions
            self.type = type
            self.data = data
        }
    }

    /// Where an integer of the header is.
    package struct Field {
        package let name: String
        package let offset: Int
        package let width: Int
    }

    package var magic = Array("GGUF".utf8)
    package var version: UInt32 = 3
    package var tensorCount: UInt64?
    package var entryCount: UInt64?
    package var entries: [Entry] = []
    package var tensors: [Tensor] = []
    package var alignment = 32
    /// Bytes after the last tensor's padding.
    package var tail: [UInt8] = []

    package var bytes: [UInt8] { build().bytes }

    /// The file, the integers of its header, and where the tensor data begins.
    package func build() -> (bytes: [UInt8], fields: [Field], dataStart: Int) {
        var output = magic
        var fields: [Field] = []
        func add<T: FixedWidthInteger>(_ value: T, _ name: String) {
            fields.append(Field(name: name, offset: output.count, width: MemoryLayout<T>.size))
            output += littleEndian(value)
        }
        add(version, "version")
        add(tensorCount ?? UInt64(tensors.count), "tensor count")
        add(entryCount ?? UInt64(entries.count), "entry count")
        for entry in entries {
            let key = String(decoding: entry.key, as: UTF8.self)
            add(UInt64(entry.key.count), "key length of \(key)")
            output += entry.key
            add(entry.value.type, "type of \(key)")
            let bytes = entry.value.bytes
            switch entry.value.type {
            case 0, 1, 7: fields.append(Field(name: "value of \(key)", offset: output.count, width: 1))
            case 2, 3: fields.append(Field(name: "value of \(key)", offset: output.count, width: 2))
            case 4, 5, 6: fields.append(Field(name: "value of \(key)", offset: output.count, width: 4))
            case 9 where bytes.count >= 12:
                fields.append(Field(name: "element type of \(key)", offset: output.count, width: 4))
                fields.append(Field(name: "count of \(key)", offset: output.count + 4, width: 8))
            default: fields.append(Field(name: "value of \(key)", offset: output.count, width: 8))
            }
            output += bytes
        }
        var offset = 0
        for tensor in tensors {
            let name = String(decoding: tensor.name, as: UTF8.self)
            add(UInt64(tensor.name.count), "name length of \(name)")
            output += tensor.name
            add(tensor.rank ?? UInt32(tensor.dimensions.count), "rank of \(name)")
            for (index, size) in tensor.dimensions.enumerated() { add(size, "dimension \(index) of \(name)") }
            add(tensor.type, "type of \(name)")
            add(tensor.offset ?? UInt64(offset), "offset of \(name)")
            offset = padded(offset + tensor.data.count)
        }
        output += [UInt8](repeating: 0, count: padded(output.count) - output.count)
        let dataStart = output.count
        for tensor in tensors {
            output += tensor.data
            output += [UInt8](repeating: 0, count: padded(output.count - dataStart) - (output.count - dataStart))
        }
        return (output + tail, fields, dataStart)
    }

    package static func string(_ bytes: [UInt8]) -> [UInt8] { littleEndian(UInt64(bytes.count)) + bytes }

    package mutating func set(_ key: String, _ value: Value) {
        if let index = entries.firstIndex(where: { $0.key == Array(key.utf8) }) {
            entries[index].value = value
        } else {
            entries.append(Entry(key, value))
        }
    }

    package mutating func remove(_ key: String) { entries.removeAll { $0.key == Array(key.utf8) } }

    private func padded(_ count: Int) -> Int { (count + alignment - 1) / alignment * alignment }
}
