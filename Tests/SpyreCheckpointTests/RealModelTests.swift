import Foundation
import Testing

@testable import SpyreCheckpoint

/// The default model, if it has been fetched (`spyre pull`): $SPYRE_CACHE or ~/.cache/spyre.
@Suite(.enabled(if: DefaultModel.path != nil, "the default model is not in the cache"))
struct RealModelTests {
    @Test func smolLM2() throws {
        let checkpoint = try Checkpoint.open(#require(DefaultModel.path))
        #expect(
            checkpoint.configuration
                == ModelConfiguration(
                    architecture: .llama, name: "Smollm2 135M 8k Lc100K Mix1 Ep2", vocabularySize: 49_152,
                    hiddenSize: 576, intermediateSize: 1536, layerCount: 30, headCount: 9, kvHeadCount: 3,
                    headSize: 64, normEpsilon: 1e-5, ropeTheta: 100_000, ropeLayout: .interleaved,
                    maximumPositions: 8192, tiedEmbeddings: true, bosTokenID: 1, eosTokenIDs: [2], padTokenID: 2))
        #expect(checkpoint.sourceTensors.count == 272)
        #expect(checkpoint.tensors.count == 272)
        let counts = Dictionary(grouping: checkpoint.sourceTensors, by: \.elementType).mapValues(\.count)
        #expect(counts == [.q4_1: 210, .float32: 61, .q8_0: 1])
        #expect(checkpoint.tensors["base_model.embedding.weight"]?.shape == [49_152, 576])
        #expect(checkpoint.tensors["base_model.layers.29.attn.in_proj.key.weight"]?.shape == [192, 576])
    }

    @Test func smolLM2Vocabulary() throws {
        let checkpoint = try Checkpoint.open(#require(DefaultModel.path))
        let metadata = try #require(checkpoint.metadata)
        #expect(try metadata.string("tokenizer.ggml.model") == "gpt2")
        #expect(try metadata.string("tokenizer.ggml.pre") == "smollm")
        #expect(metadata.arrayCount(of: "tokenizer.ggml.tokens") == 49_152)
        #expect(try metadata.strings("tokenizer.ggml.merges")?.count == 48_900)
        #expect(try metadata.bool("tokenizer.ggml.add_bos_token") == false)
        let tokens = try #require(try metadata.strings("tokenizer.ggml.tokens"))
        #expect(tokens[504] == "The")
        #expect(tokens[7042] == "ĠParis")
        #expect(try metadata.string("tokenizer.chat_template")?.contains("<|im_start|>") == true)
    }

    /// Weights are of a sensible size: a wrong offset or block layout would show as noise.
    @Test func smolLM2Weights() throws {
        let checkpoint = try Checkpoint.open(#require(DefaultModel.path))
        for name in [
            "base_model.layers.0.attn.in_proj.query.weight", "base_model.layers.29.ff_sub_layer.w2.weight",
            "base_model.dec_norm.weight",
        ] {
            let values = try checkpoint.floats(of: #require(checkpoint.tensors[name]))
            let root = (values.reduce(0) { $0 + Double($1) * Double($1) } / Double(values.count)).squareRoot()
            #expect(!values.contains { !$0.isFinite })
            #expect(root > 0.01 && root < 20, "\(name): \(root)")
        }
    }
}

/// Where the default model is, nil when it has not been fetched.
private enum DefaultModel {
    static let path: String? = {
        let environment = ProcessInfo.processInfo.environment
        let cache = environment["SPYRE_CACHE"] ?? NSHomeDirectory() + "/.cache/spyre"
        let path = cache + "/models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf"
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }()
}
