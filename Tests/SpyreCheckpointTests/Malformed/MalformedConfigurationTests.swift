import Testing

@testable import SpyreCheckpoint

/// config.json with valid JSON and wrong content.
@Suite struct MalformedConfigurationTests {
    @Test(arguments: sizes + numbers + types + features + rope)
    func isRefused(_ malformed: MalformedCase) throws { try malformed.check() }

    private static func config(
        _ changes: [String: String?], _ expected: String, of fields: [(String, String)] = MicroModel.llamaFields
    ) -> MalformedCase {
        let change = changes.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value ?? "absent")" }
        let family = fields.first { $0.0 == "model_type" }?.1 ?? ""
        return MalformedCase(name: "\(family) with " + change.joined(separator: ", "), expected: expected) {
            directory in
            try MicroModel.write(to: directory, fields: MicroModel.replacing(fields, changes))
            return directory.path
        }
    }

    static let sizes: [MalformedCase] = [
        ("vocab_size", true, "16777217"), ("hidden_size", true, "1048577"), ("intermediate_size", true, "1048577"),
        ("num_hidden_layers", true, "4097"), ("num_attention_heads", true, "16385"),
        ("num_key_value_heads", false, "16385"), ("max_position_embeddings", false, "1073741825"),
        ("head_dim", false, "16385"),
    ].flatMap { (field: String, isRequired: Bool, above: String) in
        [
            config([field: "0"], "fieldOutOfRange"),
            config([field: "-1"], "fieldOutOfRange"),
            config([field: above], "fieldOutOfRange"),
            config([field: "9223372036854775807"], "fieldOutOfRange"),
            config([field: "9223372036854775808"], "wrongFieldType"),
            config([field: "8.0"], "wrongFieldType"),
            config([field: #""8""#], "wrongFieldType"),
            config([field: "[8]"], "wrongFieldType"),
            config([field: "true"], "wrongFieldType"),
        ] + (isRequired ? [config([field: nil], "missingField"), config([field: "null"], "missingField")] : [])
    }

    static let numbers: [MalformedCase] =
        ["NaN", "Infinity", "-Infinity", "-1e-5", "1.5"].map { config(["rms_norm_eps": $0], "fieldOutOfRange") }
        + ["NaN", "Infinity", "-Infinity", "-1", "0", "1e300"].map { config(["rope_theta": $0], "fieldOutOfRange") }
        + ["embedding_multiplier", "attention_multiplier", "residual_multiplier", "logits_scaling"].flatMap { field in
            ["NaN", "Infinity", "0", "-1", "1e300"].map {
                config([field: $0], "fieldOutOfRange", of: MicroModel.graniteFields)
            } + [config([field: #""1""#], "wrongFieldType", of: MicroModel.graniteFields)]
        } + [
            config(["rms_norm_eps": #""1e-5""#], "wrongFieldType"),
            config(["rope_theta": "true"], "wrongFieldType"),
            config(["num_key_value_heads": "3"], "inconsistentFields"),
            config(["num_attention_heads": "3", "num_key_value_heads": "3"], "inconsistentFields"),
            config(["num_attention_heads": "3", "num_key_value_heads": "2"], "inconsistentFields"),
            config(["num_attention_heads": "8", "num_key_value_heads": "1"], "fieldOutOfRange"),
            config(["head_dim": "3"], "fieldOutOfRange"),
            config(["head_dim": "1"], "fieldOutOfRange"),
            config(["bos_token_id": "5"], "fieldOutOfRange"),
            config(["bos_token_id": "-1"], "fieldOutOfRange"),
            config(["bos_token_id": "[1]"], "wrongFieldType"),
            config(["eos_token_id": "5"], "fieldOutOfRange"),
            config(["eos_token_id": "-1"], "fieldOutOfRange"),
            config(["eos_token_id": "[2,5]"], "fieldOutOfRange"),
            config(["eos_token_id": "[2,null]"], "wrongFieldType"),
            config(["eos_token_id": "2.0"], "wrongFieldType"),
            config(["eos_token_id": "{}"], "wrongFieldType"),
            config(
                ["eos_token_id": "[" + Array(repeating: "2", count: 65).joined(separator: ",") + "]"],
                "fieldOutOfRange"),
            config(["pad_token_id": "5"], "fieldOutOfRange"),
            config(["pad_token_id": "-2"], "fieldOutOfRange"),
            config(["pad_token_id": #""<pad>""#], "wrongFieldType"),
        ]

    static let types: [MalformedCase] =
        ["tie_word_embeddings", "attention_bias", "mlp_bias"].flatMap { field in
            ["0", #""false""#, "[]"].map { config([field: $0], "wrongFieldType") }
        } + [
            config(["model_type": nil], "missingField"),
            config(["model_type": "null"], "missingField"),
            config(["model_type": "1"], "wrongFieldType"),
            config(["model_type": #""""#], "unsupportedModel"),
            config(["model_type": #""Llama""#], "unsupportedModel"),
            config(["model_type": #""mistral""#], "unsupportedModel"),
            config(["model_type": #""gpt2""#], "unsupportedModel"),
            config(["model_type": #""llama\u0000""#], "unsupportedModel"),
            config(["model_type": #""llama\n\u001b[31m""#], "unsupportedModel"),
            config(["architectures": #"["LlamaForSequenceClassification"]"#], "unsupportedFeature"),
            config(["architectures": #""LlamaForCausalLM""#], "wrongFieldType"),
            config(["architectures": "[1]"], "wrongFieldType"),
            config(["_name_or_path": "1"], "wrongFieldType"),
        ]

    static let features: [MalformedCase] = [
        config(["hidden_act": #""gelu""#], "unsupportedFeature"),
        config(["hidden_act": #""relu""#], "unsupportedFeature"),
        config(["hidden_act": "1"], "wrongFieldType"),
        config(["quantization_config": #"{"quant_method":"gptq"}"#], "unsupportedFeature"),
        config(["sliding_window": "4096"], "unsupportedFeature"),
        config(["sliding_window": "4096", "use_sliding_window": "true"], "unsupportedFeature"),
        config(["sliding_window": #""4096""#], "wrongFieldType"),
        config(["partial_rotary_factor": "0.5"], "unsupportedFeature"),
        config(["layer_types": #"["sliding_attention"]"#], "unsupportedFeature"),
        config(["layer_types": #"["full_attention","full_attention"]"#], "inconsistentFields"),
        config(["layer_types": "[]"], "inconsistentFields"),
        config(["layer_types": #""full_attention""#], "wrongFieldType"),
        config(["num_local_experts": "8"], "unsupportedFeature", of: MicroModel.hybridFields),
        config(["num_local_experts": "-1"], "unsupportedFeature", of: MicroModel.hybridFields),
        config(["num_local_experts": nil], "unsupportedFeature", of: MicroModel.hybridFields),
        config(["layer_types": #"["mamba"]"#], "unsupportedFeature", of: MicroModel.hybridFields),
        config(["layer_types": #"["linear_attention"]"#], "unsupportedFeature", of: MicroModel.hybridFields),
        config(["layer_types": nil], "unsupportedFeature", of: MicroModel.hybridFields),
        config(
            ["layer_types": nil, "layers_block_type": #"["mamba"]"#], "unsupportedFeature",
            of: MicroModel.hybridFields),
        config(["position_embedding_type": "null"], "unsupportedFeature", of: MicroModel.hybridFields),
        config(["position_embedding_type": #""nope""#], "unsupportedFeature", of: MicroModel.hybridFields),
        config(["normalization_function": #""layernorm""#], "unsupportedFeature", of: MicroModel.hybridFields),
        config(["shared_intermediate_size": "0"], "fieldOutOfRange", of: MicroModel.hybridFields),
    ]

    /// rope_scaling of Llama 3 with one part replaced.
    private static func llama3(_ changes: [String: String?]) -> String {
        MicroModel.json(
            MicroModel.replacing(
                [
                    ("rope_type", #""llama3""#), ("factor", "8.0"), ("low_freq_factor", "1.0"),
                    ("high_freq_factor", "4.0"), ("original_max_position_embeddings", "16"),
                ], changes))
    }

    static let rope: [MalformedCase] =
        ["linear", "dynamic", "yarn", "longrope", "su", "proportional", ""].flatMap { type in
            [
                config(["rope_scaling": #"{"type":"\#(type)","factor":2.0}"#], "unsupportedFeature"),
                config(["rope_parameters": #"{"rope_type":"\#(type)","factor":2.0}"#], "unsupportedFeature"),
            ]
        } + [
            config(["rope_scaling": "2.0"], "wrongFieldType"),
            config(["rope_scaling": "[]"], "wrongFieldType"),
            config(["rope_parameters": #""default""#], "wrongFieldType"),
            config(["rope_scaling": #"{"rope_type":1}"#], "wrongFieldType"),
            config(["rope_parameters": #"{"rope_theta":0}"#], "fieldOutOfRange"),
            config(["rope_parameters": #"{"rope_theta":5000.0}"#], "inconsistentFields"),
            config(["rope_parameters": #"{"partial_rotary_factor":0.5}"#], "unsupportedFeature"),
            config(["rope_parameters": "{}", "rope_scaling": llama3([:])], "inconsistentFields"),
            config(["rope_scaling": llama3(["factor": nil])], "missingField"),
            config(["rope_scaling": llama3(["low_freq_factor": nil])], "missingField"),
            config(["rope_scaling": llama3(["high_freq_factor": nil])], "missingField"),
            config(["rope_scaling": llama3(["original_max_position_embeddings": nil])], "missingField"),
            config(["rope_scaling": llama3(["factor": "0"])], "fieldOutOfRange"),
            config(["rope_scaling": llama3(["factor": "NaN"])], "fieldOutOfRange"),
            config(["rope_scaling": llama3(["low_freq_factor": "0"])], "fieldOutOfRange"),
            config(["rope_scaling": llama3(["high_freq_factor": "Infinity"])], "fieldOutOfRange"),
            config(["rope_scaling": llama3(["high_freq_factor": "1.0"])], "inconsistentFields"),
            config(["rope_scaling": llama3(["low_freq_factor": "5.0"])], "inconsistentFields"),
            config(["rope_scaling": llama3(["original_max_position_embeddings": "0"])], "fieldOutOfRange"),
            config(["rope_scaling": llama3(["original_max_position_embeddings": "16.0"])], "wrongFieldType"),
        ]
}
