import Testing

@testable import SpyreCheckpoint

@Suite struct CheckpointErrorTests {
    @Test func namesFileReasonAndRemedy() {
        #expect(
            CheckpointError.missingShard(file: "m/model.safetensors.index.json", shard: "a.safetensors").description
                == "m/model.safetensors.index.json: shard 'a.safetensors' is missing; fetch it into the same directory")
        #expect(
            CheckpointError.unsupportedModel(file: "config.json", model: "mistral", supported: ["llama", "granite"])
                .description == "config.json: model type 'mistral' is not supported; supported: llama, granite")
        #expect(
            CheckpointError.wrongShape(file: "m.gguf", tensor: "output.weight", found: [5, 8], expected: [6, 8])
                .description
                == "m.gguf: tensor 'output.weight' has shape [5, 8], the configuration asks for [6, 8]")
    }

    /// Text from a file cannot break the line, move the cursor or fill the screen.
    @Test func escapesTextFromFiles() {
        let hostile = "a\n\r\u{1B}[2J\u{202E}\u{2028}\u{0}" + String(repeating: "x", count: 100_000)
        let error = CheckpointError.unsupportedModel(file: "f\n", model: hostile, supported: ["llama"])
        expectOneLine(error)
        #expect(error.description.contains(#"a\u{a}\u{d}\u{1b}[2J\u{202e}\u{2028}\u{0}"#))
        #expect(error.description.contains("…"))
        #expect(error.description.unicodeScalars.count < 400)
    }
}
