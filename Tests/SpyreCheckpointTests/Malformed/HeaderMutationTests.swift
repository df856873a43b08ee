import SpyreTestSupport
import Testing

@testable import SpyreCheckpoint

/// Headers with one integer or one bit changed: a one-line error, or the very same tensors.
@Suite struct HeaderMutationTests {
    /// Opens `path`; an accepted file has to give `original`.
    private func expectErrorOrEqual(
        _ path: String, _ original: TensorSnapshot, _ what: @autoclosure () -> String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        do {
            let checkpoint = try Checkpoint.open(path)
            guard TensorSnapshot(checkpoint) != original else { return }
            Issue.record("\(what()): accepted with other tensors", sourceLocation: sourceLocation)
        } catch {
            expectOneLine(error, sourceLocation: sourceLocation)
        }
    }

    /// Boundary values, and the number of bytes between the field and the end of the file, give or take one.
    private static func boundaries(remaining: Int) -> [UInt64] {
        [
            0, 1, .max, (1 << 31) - 1, 1 << 31, (1 << 32) - 1, (1 << 63) - 1, 1 << 63, UInt64(remaining),
            UInt64(remaining) + 1, UInt64(max(remaining, 1)) - 1,
        ]
    }

    @Test func everyIntegerOfAGGUFHeader() throws {
        let directory = try TemporaryDirectory()
        let built = MicroGGUF.writer().build()
        let path = try directory.write(built.bytes, to: "model.gguf")
        let original = try TensorSnapshot(Checkpoint.open(path))
        let file = try EditableFile(path)
        for field in built.fields {
            let end = field.offset + field.width
            for value in Self.boundaries(remaining: built.bytes.count - end) {
                // BF16 read as F16 has the same size: no reader can tell.
                if field.name == "type of blk.0.ffn_down.weight", value == 1 { continue }
                try file.write(Array(littleEndian(value).prefix(field.width)), at: field.offset)
                try expectErrorOrEqual(path, original, "\(field.name) = \(value)")
            }
            try file.write(Array(built.bytes[field.offset..<end]), at: field.offset)
        }
        #expect(try TensorSnapshot(Checkpoint.open(path)) == original)
    }

    @Test func everyIntegerOfASafetensorsHeader() throws {
        let directory = try TemporaryDirectory()
        try MicroModel.write(to: directory)
        let original = try TensorSnapshot(Checkpoint.open(directory.path))
        let weights = MicroModel.safetensors()
        let header = weights.header

        for value in Self.boundaries(remaining: weights.bytes.count - 8) {
            try directory.write(
                littleEndian(value) + Array(weights.bytes.dropFirst(8)), to: "model.safetensors")
            try expectErrorOrEqual(directory.path, original, "header length = \(value)")
        }
        // Dimensions and offsets follow '[' or ','; names and types do not.
        for match in header.ranges(of: /[\[,][0-9]+/) {
            let range = header.index(after: match.lowerBound)..<match.upperBound
            for value in Self.boundaries(remaining: weights.data.count).map(String.init) + [
                "-1", "-9223372036854775808",
            ] {
                let changed = header[..<range.lowerBound] + value + header[range.upperBound...]
                try directory.write(
                    SafetensorsWriter.file(header: String(changed), data: weights.data), to: "model.safetensors")
                try expectErrorOrEqual(directory.path, original, "\(header[range]) = \(value)")
            }
        }
    }

    /// Flips every bit before `end` of `file`, one at a time.
    private func flipBits(_ file: String, before end: Int, opening path: String) throws {
        let original = try TensorSnapshot(Checkpoint.open(path))
        let bytes = try FileDescriptor(path: file).readAll(limit: 1 << 20)
        let editable = try EditableFile(file)
        for offset in 0..<end {
            for bit in 0..<8 {
                try editable.write([bytes[offset] ^ (1 << bit)], at: offset)
                try expectErrorOrEqual(path, original, "bit \(bit) of byte \(offset)")
            }
            try editable.write([bytes[offset]], at: offset)
        }
        #expect(try TensorSnapshot(Checkpoint.open(path)) == original)
    }

    @Test func everyBitOfAGGUFHeader() throws {
        let directory = try TemporaryDirectory()
        let built = MicroGGUF.writer().build()
        let path = try directory.write(built.bytes, to: "model.gguf")
        try flipBits(path, before: built.dataStart, opening: path)
    }

    @Test func everyBitOfASafetensorsHeader() throws {
        let directory = try TemporaryDirectory()
        try MicroModel.write(to: directory)
        let end = MicroModel.safetensors().header.utf8.count + 8
        try flipBits(directory.file("model.safetensors"), before: end, opening: directory.path)
    }

    @Test func everyBitOfAConfiguration() throws {
        let directory = try TemporaryDirectory()
        try MicroModel.write(to: directory)
        let end = MicroModel.json(MicroModel.llamaFields).utf8.count
        try flipBits(directory.file("config.json"), before: end, opening: directory.path)
    }

    @Test func everyBitOfAnIndex() throws {
        let directory = try TemporaryDirectory()
        try MicroModel.writeSharded(to: directory)
        let end = MicroModel.index().utf8.count
        try flipBits(directory.file(SafetensorsDirectory.indexName), before: end, opening: directory.path)
    }
}
