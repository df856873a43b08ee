import Testing

@testable import SpyreCheckpoint

/// Every file cut off after every one of its bytes: never accepted, always a one-line error.
@Suite struct TruncationTests {
    /// Shortens `file` byte by byte and opens `path` each time.
    private func expectNoPrefixIsAccepted(
        _ file: String, opening path: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let count = try FileDescriptor(path: file).readAll(limit: 1 << 20).count
        #expect(throws: Never.self, sourceLocation: sourceLocation) { try Checkpoint.open(path) }
        let editable = try EditableFile(file)
        for length in stride(from: count - 1, through: 0, by: -1) {
            try editable.truncate(to: length)
            do {
                _ = try Checkpoint.open(path)
                Issue.record("\(length) of \(count) bytes were accepted", sourceLocation: sourceLocation)
            } catch {
                expectOneLine(error, sourceLocation: sourceLocation)
            }
        }
    }

    @Test func safetensors() throws {
        let directory = try TemporaryDirectory()
        try MicroModel.write(to: directory)
        try expectNoPrefixIsAccepted(directory.file("model.safetensors"), opening: directory.path)
    }

    @Test func gguf() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(MicroGGUF.writer().bytes, to: "model.gguf")
        try expectNoPrefixIsAccepted(path, opening: path)
    }

    @Test func configuration() throws {
        let directory = try TemporaryDirectory()
        try MicroModel.write(to: directory)
        try expectNoPrefixIsAccepted(directory.file("config.json"), opening: directory.path)
    }

    @Test func generationConfiguration() throws {
        let directory = try TemporaryDirectory()
        try MicroModel.write(to: directory)
        let path = try directory.write(#"{"bos_token_id": 1, "eos_token_id": [2, 3]}"#, to: "generation_config.json")
        try expectNoPrefixIsAccepted(path, opening: directory.path)
    }

    @Test func index() throws {
        let directory = try TemporaryDirectory()
        try MicroModel.writeSharded(to: directory)
        try expectNoPrefixIsAccepted(directory.file(SafetensorsDirectory.indexName), opening: directory.path)
    }

    @Test func shard() throws {
        let directory = try TemporaryDirectory()
        try MicroModel.writeSharded(to: directory)
        try expectNoPrefixIsAccepted(directory.file(MicroModel.shardNames[1]), opening: directory.path)
    }
}
