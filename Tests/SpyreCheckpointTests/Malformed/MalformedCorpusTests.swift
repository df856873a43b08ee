import Testing

@testable import SpyreCheckpoint

/// The corpus as a whole.
@Suite struct MalformedCorpusTests {
    static let suites: [[MalformedCase]] = [
        MalformedSafetensorsTests.layouts, MalformedSafetensorsTests.entries, MalformedSafetensorsTests.coverage,
        MalformedJSONTests.syntax, MalformedJSONTests.limits,
        MalformedDirectoryTests.paths, MalformedDirectoryTests.indexes,
        MalformedWeightsTests.missing, MalformedWeightsTests.shapes, MalformedWeightsTests.others,
        MalformedConfigurationTests.sizes, MalformedConfigurationTests.numbers, MalformedConfigurationTests.types,
        MalformedConfigurationTests.features, MalformedConfigurationTests.rope,
        MalformedGGUFTests.header, MalformedGGUFTests.metadata, MalformedGGUFTests.tensors, MalformedGGUFTests.data,
        MalformedGGUFConfigurationTests.sizes, MalformedGGUFConfigurationTests.numbers,
        MalformedGGUFConfigurationTests.features, MalformedGGUFConfigurationTests.weights,
    ]

    @Test func hasAtLeast300DistinctCases() {
        for suite in Self.suites {
            #expect(Set(suite.map(\.name)).count == suite.count, "two cases of one table have the same name")
        }
        let total = Self.suites.reduce(0) { $0 + $1.count }
        #expect(total >= 300)
    }

    /// Without the table's change, each base model opens: the change is what is refused.
    @Test func baseModelsAreAccepted() throws {
        for fields in [MicroModel.llamaFields, MicroModel.graniteFields] {
            let directory = try TemporaryDirectory()
            try MicroModel.write(to: directory, fields: fields)
            _ = try Checkpoint.open(directory.path)
        }
        let hybrid = try TemporaryDirectory()
        try MicroModel.write(
            to: hybrid, fields: MicroModel.hybridFields, weights: MicroModel.safetensors(MicroModel.hybridShapes))
        _ = try Checkpoint.open(hybrid.path)
        let sharded = try TemporaryDirectory()
        try MicroModel.writeSharded(to: sharded)
        _ = try Checkpoint.open(sharded.path)
        for architecture in ["llama", "granite"] {
            let directory = try TemporaryDirectory()
            _ = try Checkpoint.open(
                directory.write(MicroGGUF.writer(architecture: architecture).bytes, to: "model.gguf"))
        }
    }
}
