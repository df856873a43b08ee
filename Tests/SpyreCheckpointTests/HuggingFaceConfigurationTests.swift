import Testing

@testable import SpyreCheckpoint

/// Valid config.json files: defaults, both generations of rotary settings, the three families.
@Suite struct HuggingFaceConfigurationTests {
    private func read(
        _ changes: [String: String?] = [:], of fields: [(String, String)] = MicroModel.llamaFields,
        generation: String? = nil
    ) throws -> ModelConfiguration {
        let directory = try TemporaryDirectory()
        let path = try directory.write(MicroModel.json(MicroModel.replacing(fields, changes)), to: "config.json")
        let other = try generation.map {
            try HuggingFaceObject(path: directory.write($0, to: "generation_config.json"))
        }
        return try HuggingFaceConfiguration(HuggingFaceObject(path: path)).read(generation: other, name: "folder")
    }

    @Test func readsLlama() throws {
        #expect(
            try read()
                == ModelConfiguration(
                    architecture: .llama, name: "folder", vocabularySize: 5, hiddenSize: 8, intermediateSize: 12,
                    layerCount: 1, headCount: 2, kvHeadCount: 1, headSize: 4, normEpsilon: 1e-5, ropeTheta: 10_000,
                    ropeLayout: .halfSplit, maximumPositions: 64, bosTokenID: 1, eosTokenIDs: [2]))
        #expect(try read().attentionMultiplier == 0.5)
    }

    @Test func fillsInDefaults() throws {
        let changes: [String: String?] = [
            "num_key_value_heads": nil, "rms_norm_eps": nil, "rope_theta": nil,
            "max_position_embeddings": nil, "hidden_act": nil, "tie_word_embeddings": nil,
            "bos_token_id": nil, "eos_token_id": nil, "architectures": nil,
        ]
        let configuration = try read(changes)
        #expect(configuration.kvHeadCount == 2)
        #expect(configuration.normEpsilon == 1e-6)
        #expect(configuration.ropeTheta == 10_000)
        #expect(configuration.maximumPositions == 2048)
        #expect(!configuration.tiedEmbeddings)
        #expect(configuration.bosTokenID == 1)
        #expect(configuration.eosTokenIDs == [2])
        #expect(configuration.padTokenID == nil)
    }

    @Test func nullMeansAbsent() throws {
        let configuration = try read([
            "num_key_value_heads": "null", "head_dim": "null", "rope_scaling": "null", "sliding_window": "null",
            "bos_token_id": "null", "eos_token_id": "null", "pad_token_id": "null", "quantization_config": "null",
        ])
        #expect(configuration.kvHeadCount == 2)
        #expect(configuration.headSize == 4)
        #expect(configuration.bosTokenID == nil)
        #expect(configuration.eosTokenIDs == [])
    }

    @Test func readsOptionalFields() throws {
        let configuration = try read([
            "head_dim": "6", "attention_bias": "true", "mlp_bias": "true", "tie_word_embeddings": "true",
            "pad_token_id": "-1", "eos_token_id": "[2, 4, 2]", "_name_or_path": #""org/m\u00e9""#,
            "sliding_window": "4", "use_sliding_window": "false", "hidden_act": #""swish""#,
            "layer_types": #"["full_attention"]"#, "rope_theta": "500000",
            "time_step_limit": "[0.0, Infinity]", "initializer_range": "NaN",
        ])
        #expect(configuration.headSize == 6)
        #expect(configuration.attentionBias && configuration.attentionOutputBias && configuration.mlpBias)
        #expect(configuration.tiedEmbeddings)
        #expect(configuration.padTokenID == nil)
        #expect(configuration.eosTokenIDs == [2, 4])
        #expect(configuration.name == "org/mé")
        #expect(configuration.ropeTheta == 500_000)
    }

    @Test func generationConfigurationGoesFirst() throws {
        #expect(try read(generation: #"{"eos_token_id": [3, 4]}"#).eosTokenIDs == [3, 4])
        #expect(try read(generation: #"{"eos_token_id": 4}"#).eosTokenIDs == [4])
        #expect(try read(generation: #"{"eos_token_id": null}"#).eosTokenIDs == [2])
        #expect(try read(generation: "{}").eosTokenIDs == [2])
    }

    private static let llama3 =
        #"{"factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "#
        + #""original_max_position_embeddings": 16"#
    private static let expected = RoPEScaling.llama3(
        factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContextLength: 16)

    @Test(arguments: [
        ["rope_scaling": llama3 + #", "rope_type": "llama3"}"#],
        ["rope_scaling": llama3 + #", "type": "llama3"}"#],
        ["rope_scaling": llama3 + #", "rope_type": "llama3", "rope_theta": 10000.0}"#],
        ["rope_parameters": llama3 + #", "rope_type": "llama3", "rope_theta": 10000.0}"#],
        [
            "rope_parameters": llama3 + #", "rope_type": "llama3"}"#,
            "rope_scaling": llama3 + #", "rope_type": "llama3"}"#,
        ],
    ])
    func readsLlama3Scaling(changes: [String: String]) throws {
        let configuration = try read(changes.mapValues { .some($0) })
        #expect(configuration.ropeScaling == Self.expected)
        #expect(configuration.ropeTheta == 10_000)
    }

    @Test func readsRoPEParameters() throws {
        let configuration = try read([
            "rope_theta": nil, "rope_parameters": #"{"rope_type": "default", "rope_theta": 250000.0}"#,
        ])
        #expect(configuration.ropeTheta == 250_000)
        #expect(configuration.ropeScaling == nil)
    }

    @Test func readsGranite() throws {
        let configuration = try read(of: MicroModel.graniteFields)
        #expect(configuration.architecture == .granite)
        #expect(configuration.embeddingMultiplier == 12)
        #expect(configuration.attentionMultiplier == 0.0078125)
        #expect(configuration.residualMultiplier == 0.22)
        #expect(configuration.logitsDivisor == 16)
    }

    /// Granite's default is a scale of 1, not 1 / sqrt(headSize).
    @Test func graniteMultipliersDefaultToOne() throws {
        let configuration = try read(
            [
                "embedding_multiplier": nil, "attention_multiplier": nil,
                "residual_multiplier": nil, "logits_scaling": nil,
            ], of: MicroModel.graniteFields)
        #expect(configuration.embeddingMultiplier == 1)
        #expect(configuration.attentionMultiplier == 1)
        #expect(configuration.residualMultiplier == 1)
        #expect(configuration.logitsDivisor == 1)
    }

    /// LLaMA has no multipliers, whatever its file says.
    @Test func llamaHasNoMultipliers() throws {
        let configuration = try read(["attention_multiplier": "3", "logits_scaling": "7"])
        #expect(configuration.attentionMultiplier == 0.5)
        #expect(configuration.logitsDivisor == 1)
    }

    @Test func hybridUsesTheSharedSize() throws {
        let configuration = try read(of: MicroModel.hybridFields)
        #expect(configuration.architecture == .graniteMoeHybrid)
        #expect(configuration.intermediateSize == 12)
        let older = try read(
            ["layer_types": nil, "layers_block_type": #"["attention"]"#], of: MicroModel.hybridFields)
        #expect(older == configuration)
    }
}
