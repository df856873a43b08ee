import SpyreTestSupport
import Testing

@testable import SpyreCheckpoint

/// Broken GGUF files: header, metadata, tensor entries and data.
@Suite struct MalformedGGUFTests {
    @Test(arguments: header + metadata + tensors + data)
    func isRefused(_ malformed: MalformedCase) throws { try malformed.check() }

    private static func file(
        _ name: String, _ expected: String, _ change: @escaping @Sendable (inout GGUFWriter) -> Void
    ) -> MalformedCase {
        MalformedCase(name: name, expected: expected) { directory in
            var writer = MicroGGUF.writer()
            change(&writer)
            return try directory.write(writer.bytes, to: "model.gguf")
        }
    }

    private static func bytes(
        _ name: String, _ expected: String, _ bytes: @escaping @Sendable () -> [UInt8]
    ) -> MalformedCase {
        MalformedCase(name: name, expected: expected) { try $0.write(bytes(), to: "model.gguf") }
    }

    static let boundaries: [UInt64] = [
        (1 << 31) - 1, 1 << 31, (1 << 32) - 1, 1 << 32, UInt64(Int64.max), 1 << 63, .max,
    ]

    static let header: [MalformedCase] =
        [
            bytes("magic only", "truncatedHeader") { Array("GGUF".utf8) },
            bytes("magic and version only", "truncatedHeader") { Array("GGUF".utf8) + littleEndian(UInt32(3)) },
            bytes("no metadata count", "truncatedHeader") {
                Array("GGUF".utf8) + littleEndian(UInt32(3)) + littleEndian(UInt64(0))
            },
            bytes("no content", "missingField") { GGUFWriter().bytes },
            bytes("reversed magic", "notGGUF") { Array("FUGG".utf8) + Array(MicroGGUF.writer().bytes.dropFirst(4)) },
            bytes("GGML magic", "notGGUF") { Array("lmgg".utf8) + Array(MicroGGUF.writer().bytes.dropFirst(4)) },
            bytes("lower-case magic", "notGGUF") { Array("gguf".utf8) + Array(MicroGGUF.writer().bytes.dropFirst(4)) },
            file("version 0", "unsupportedVersion") { $0.version = 0 },
            file("version 1", "unsupportedVersion") { $0.version = 1 },
            file("version 4", "unsupportedVersion") { $0.version = 4 },
            file("version 2^32 - 1", "unsupportedVersion") { $0.version = .max },
            file("big-endian version 3", "bigEndianFile") { $0.version = UInt32(3).byteSwapped },
            file("big-endian version 1", "bigEndianFile") { $0.version = UInt32(1).byteSwapped },
            file("one tensor too many", "stringTooLong") { $0.tensorCount = UInt64($0.tensors.count) + 1 },
            file("one tensor too few", "trailingBytes") { $0.tensorCount = UInt64($0.tensors.count) - 1 },
            file("tensors not counted", "trailingBytes") { $0.tensorCount = 0 },
            file("one entry too few", "tooManyDimensions") { $0.entryCount = UInt64($0.entries.count) - 1 },
        ]
        + boundaries.map { value in
            file("\(value) tensors", "tooManyTensors") { $0.tensorCount = value }
        }
        + boundaries.map { value in
            file("\(value) metadata entries", "tooManyMetadataEntries") { $0.entryCount = value }
        }

    /// A file with one entry more, in front of the others.
    private static func entry(
        _ name: String, _ expected: String, key: [UInt8] = Array("x".utf8), _ value: GGUFWriter.Value
    ) -> MalformedCase {
        file(name, expected) {
            var entry = GGUFWriter.Entry("", value)
            entry.key = key
            $0.entries.insert(entry, at: 0)
        }
    }

    private static func array(_ type: UInt32, _ count: UInt64, _ elements: [UInt8] = []) -> GGUFWriter.Value {
        .raw(9, littleEndian(type) + littleEndian(count) + elements)
    }

    static let metadata: [MalformedCase] =
        [
            entry("empty key", "invalidMetadataKey", key: [], .uint8(1)),
            entry("key with a space", "invalidMetadataKey", key: Array("a b".utf8), .uint8(1)),
            entry("key with a NUL", "invalidMetadataKey", key: [0x61, 0], .uint8(1)),
            entry("key not ASCII", "invalidMetadataKey", key: Array("é".utf8), .uint8(1)),
            entry("key not UTF-8", "invalidMetadataKey", key: [0xFF, 0xFE], .uint8(1)),
            entry("key of 65,536 bytes", "stringTooLong", key: [UInt8](repeating: 0x61, count: 65_536), .uint8(1)),
            entry("value type 13", "unknownMetadataType", .raw(13, [0, 0, 0, 0])),
            entry("value type 255", "unknownMetadataType", .raw(255, [0])),
            entry("value type 2^31", "unknownMetadataType", .raw(1 << 31, [0])),
            entry("value type 2^32 - 1", "unknownMetadataType", .raw(.max, [0])),
            entry("boolean 2", "invalidBoolean", .raw(7, [2])),
            entry("boolean 255", "invalidBoolean", .raw(7, [255])),
            entry("boolean 3 in an array", "invalidBoolean", array(7, 3, [0, 1, 3])),
            entry("array of arrays", "nestedArray", array(9, 1, littleEndian(UInt32(4)) + littleEndian(UInt64(0)))),
            entry("empty array of arrays", "nestedArray", array(9, 0)),
            entry("array of type 13", "unknownMetadataType", array(13, 1, [0])),
            entry("array of type 2^32 - 1", "unknownMetadataType", array(.max, 1, [0])),
            entry("key twice", "duplicateKey", key: Array("general.name".utf8), .string("x")),
            entry("alignment twice", "duplicateKey", key: Array("general.alignment".utf8), .uint32(32)),
            file("alignment 0", "invalidAlignment") { $0.set("general.alignment", .uint32(0)) },
            file("alignment 3", "invalidAlignment") { $0.set("general.alignment", .uint32(3)) },
            file("alignment 33", "invalidAlignment") { $0.set("general.alignment", .uint32(33)) },
            file("alignment 2^32 - 1", "invalidAlignment") { $0.set("general.alignment", .uint32(.max)) },
            file("alignment of type UINT64", "invalidAlignment") { $0.set("general.alignment", .uint64(32)) },
            file("alignment of type INT32", "invalidAlignment") { $0.set("general.alignment", .int32(32)) },
            file("alignment is a string", "invalidAlignment") { $0.set("general.alignment", .string("32")) },
            file("alignment is an array", "invalidAlignment") { $0.set("general.alignment", .uint32s([32])) },
            file("alignment 2^31", "truncatedHeader") { $0.set("general.alignment", .uint32(1 << 31)) },
            file("alignment larger than it was written", "holeBeforeTensor") {
                $0.tensors.swapAt(0, 5)
                $0.tensors[0] = MicroGGUF.tensor("x", [8], type: 0)
                $0.set("general.alignment", .uint32(16))
                $0.alignment = 64
            },
            file("split file", "splitFile") { $0.set("split.count", .uint16(3)) },
            file("name not UTF-8", "invalidUTF8") {
                $0.set("general.name", .raw(8, GGUFWriter.string([0xC3, 0x28])))
            },
            file("architecture not UTF-8", "invalidUTF8") {
                $0.set("general.architecture", .raw(8, GGUFWriter.string([0xFF])))
            },
        ]
        + boundaries.map { length in
            entry("string of \(length) bytes", "stringTooLong", .raw(8, littleEndian(length)))
        }
        + boundaries.map { length in
            entry(
                "second string of an array of \(length) bytes", "stringTooLong",
                array(8, 2, GGUFWriter.string([0x61]) + littleEndian(length)))
        }
        + boundaries.map { count in
            entry("array of \(count) bytes", "arrayTooLong", array(0, count))
        }
        + boundaries.map { count in
            entry("array of \(count) strings", "arrayTooLong", array(8, count))
        }
        + boundaries.map { length in
            bytes("key of \(length) bytes", "stringTooLong") {
                Array("GGUF".utf8) + littleEndian(UInt32(3)) + littleEndian(UInt64(0)) + littleEndian(UInt64(1))
                    + littleEndian(length) + [UInt8](repeating: 0x61, count: 64)
            }
        }

    /// A file whose tensor 5 (attn_output, F16) is changed.
    private static func tensor(
        _ name: String, _ expected: String, _ change: @escaping @Sendable (inout GGUFWriter.Tensor) -> Void
    ) -> MalformedCase {
        file(name, expected) { change(&$0.tensors[5]) }
    }

    static let tensors: [MalformedCase] = [
        tensor("empty name", "invalidTensorName") { $0.name = [] },
        tensor("name with a NUL", "invalidTensorName") { $0.name[3] = 0 },
        tensor("name with a line break", "invalidTensorName") { $0.name[3] = 0x0A },
        tensor("name of 65 bytes", "invalidTensorName") { $0.name = [UInt8](repeating: 0x61, count: 65) },
        tensor("name of 65,536 bytes", "stringTooLong") { $0.name = [UInt8](repeating: 0x61, count: 65_536) },
        tensor("name not UTF-8", "invalidUTF8") { $0.name = [0x61, 0xFF] },
        tensor("name twice", "duplicateTensor") { $0.name = Array("blk.0.attn_q.weight".utf8) },
        tensor("5 dimensions", "tooManyDimensions") { $0.dimensions += [1, 1, 1] },
        tensor("rank 255 without dimensions", "tooManyDimensions") { $0.rank = 255 },
        tensor("rank 2^31", "tooManyDimensions") { $0.rank = 1 << 31 },
        tensor("rank 2^32 - 1", "tooManyDimensions") { $0.rank = .max },
        tensor("rank one too few", "unknownElementType") { $0.rank = 1 },
        tensor("dimension 0", "invalidDimension") { $0.dimensions[0] = 0 },
        tensor("second dimension 0", "invalidDimension") { $0.dimensions[1] = 0 },
        tensor("dimension -1", "invalidDimension") { $0.dimensions[0] = .max },
        tensor("dimension -2^63", "invalidDimension") { $0.dimensions[1] = 1 << 63 },
        tensor("dimension 2^63 - 1", "tensorTooLarge") { $0.dimensions[0] = UInt64(Int64.max) },
        tensor("product 2^64", "tensorTooLarge") { $0.dimensions = [1 << 32, 1 << 32] },
        tensor("product wraps to 32", "tensorTooLarge") { $0.dimensions = [32, 1 << 32, 1 << 32] },
        tensor("bytes 2^63", "tensorTooLarge") { $0.dimensions = [1 << 31, 1 << 31] },
        tensor("bytes 2^62", "tensorOutOfBounds") { $0.dimensions = [1 << 31, 1 << 30] },
        tensor("dimension one more", "overlappingTensors") { $0.dimensions[1] = 33 },
        tensor("type 4 (removed Q4_2)", "unknownElementType") { $0.type = 4 },
        tensor("type 5 (removed Q4_3)", "unknownElementType") { $0.type = 5 },
        tensor("type 31 (removed Q4_0_4_4)", "unknownElementType") { $0.type = 31 },
        tensor("type 42", "unknownElementType") { $0.type = 42 },
        tensor("type 2^31", "unknownElementType") { $0.type = 1 << 31 },
        tensor("type 2^32 - 1", "unknownElementType") { $0.type = .max },
        tensor("row of 31 in blocks of 32", "partialBlock") { ($0.dimensions, $0.type) = ([31, 32], 8) },
        tensor("row of 1 in blocks of 32", "partialBlock") { ($0.dimensions, $0.type) = ([1, 1024], 3) },
        tensor("row of 32 in blocks of 256", "partialBlock") { $0.type = 12 },
        tensor("scalar in blocks of 32", "partialBlock") { ($0.dimensions, $0.type) = ([], 8) },
        tensor("offset one too small", "overlappingTensors") { $0.offset = 1 },
        tensor("offset 0", "overlappingTensors") { $0.offset = 0 },
        tensor("offset not aligned", "holeBeforeTensor") { $0.offset = 1_000_001 },
        tensor("offset 2^31", "holeBeforeTensor") { $0.offset = 1 << 31 },
        tensor("offset 2^63 - 1", "holeBeforeTensor") { $0.offset = UInt64(Int64.max) },
        tensor("offset 2^63", "holeBeforeTensor") { $0.offset = 1 << 63 },
        tensor("offset 2^64 - 32", "holeBeforeTensor") { $0.offset = .max - 31 },
    ]

    static let data: [MalformedCase] = [
        bytes("no tensor data", "tensorOutOfBounds") {
            let built = MicroGGUF.writer().build()
            return Array(built.bytes[..<built.dataStart])
        },
        bytes("one byte short", "tensorOutOfBounds") { Array(MicroGGUF.writer().bytes.dropLast()) },
        bytes("half of the data", "tensorOutOfBounds") {
            let built = MicroGGUF.writer().build()
            return Array(built.bytes[..<((built.dataStart + built.bytes.count) / 2)])
        },
        file("one byte too many", "trailingBytes") { $0.tail = [0] },
        file("a polyglot's megabyte too many", "trailingBytes") { $0.tail = [UInt8](repeating: 0x50, count: 1 << 20) },
        file("metadata only, with data", "trailingBytes") {
            $0.tensors = []
            $0.tail = [UInt8](repeating: 0, count: 64)
        },
        file("metadata only", "missingTensor") { $0.tensors = [] },
    ]
}
