import SpyreTestSupport
import Testing

@testable import SpyreCheckpoint

/// Well-formed GGUF files whose metadata or tensors do not describe a supported model.
@Suite struct MalformedGGUFConfigurationTests {
    @Test(arguments: sizes + numbers + features + weights)
    func isRefused(_ malformed: MalformedCase) throws { try malformed.check() }

    private static func file(
        _ name: String, _ expected: String, architecture: String = "llama",
        _ change: @escaping @Sendable (inout GGUFWriter) -> Void
    ) -> MalformedCase {
        MalformedCase(name: name, expected: expected) { directory in
            var writer = MicroGGUF.writer(architecture: architecture)
            change(&writer)
            return try directory.write(writer.bytes, to: "model.gguf")
        }
    }

    private static func set(
        _ key: String, _ value: GGUFWriter.Value, _ expected: String, architecture: String = "llama"
    )
        -> MalformedCase
    {
        file("\(key) = \(value)", expected, architecture: architecture) { $0.set(key, value) }
    }

    private static func remove(_ key: String, _ expected: String, architecture: String = "llama") -> MalformedCase {
        file("\(key) absent", expected, architecture: architecture) { $0.remove(key) }
    }

    static let sizes: [MalformedCase] = [
        ("llama.block_count", true), ("llama.context_length", true), ("llama.embedding_length", true),
        ("llama.feed_forward_length", true), ("llama.attention.head_count", true),
        ("llama.attention.head_count_kv", false), ("llama.vocab_size", false), ("llama.attention.key_length", false),
    ].flatMap { (key: String, isRequired: Bool) in
        [
            set(key, .uint32(0), "fieldOutOfRange"),
            set(key, .int32(-1), "fieldOutOfRange"),
            set(key, .uint32(.max), "fieldOutOfRange"),
            set(key, .uint64(.max), "fieldOutOfRange"),
            set(key, .int64(.min), "fieldOutOfRange"),
            set(key, .float32(4), "wrongFieldType"),
            set(key, .string("4"), "wrongFieldType"),
            set(key, .bool(true), "wrongFieldType"),
            set(key, .strings(["4"]), "wrongFieldType"),
            set(key, .uint32s([]), "wrongFieldType"),
            set(key, .uint32s([4, 8]), "unsupportedFeature"),
        ] + (isRequired ? [remove(key, "missingField")] : [])
    }

    static let numbers: [MalformedCase] = [
        set("llama.attention.layer_norm_rms_epsilon", .float32(.nan), "fieldOutOfRange"),
        set("llama.attention.layer_norm_rms_epsilon", .float32(-1e-5), "fieldOutOfRange"),
        set("llama.attention.layer_norm_rms_epsilon", .float32(.infinity), "fieldOutOfRange"),
        set("llama.attention.layer_norm_rms_epsilon", .string("1e-5"), "wrongFieldType"),
        remove("llama.attention.layer_norm_rms_epsilon", "missingField"),
        set("llama.rope.freq_base", .float32(.nan), "fieldOutOfRange"),
        set("llama.rope.freq_base", .float32(0), "fieldOutOfRange"),
        set("llama.rope.freq_base", .float64(.infinity), "fieldOutOfRange"),
        set("llama.attention.head_count", .uint32(3), "inconsistentFields"),
        set("llama.attention.head_count_kv", .uint32(3), "inconsistentFields"),
        set("llama.attention.key_length", .uint32(7), "fieldOutOfRange"),
        set("tokenizer.ggml.bos_token_id", .uint32(5), "fieldOutOfRange"),
        set("tokenizer.ggml.eos_token_id", .uint32(.max), "fieldOutOfRange"),
        set("tokenizer.ggml.eot_token_id", .int32(-1), "fieldOutOfRange"),
        set("tokenizer.ggml.padding_token_id", .uint64(.max), "fieldOutOfRange"),
        set("tokenizer.ggml.bos_token_id", .string("<s>"), "wrongFieldType"),
        set("llama.vocab_size", .uint32(4), "inconsistentFields"),
        set("tokenizer.ggml.tokens", .strings(["a", "b", "c", "d", "e", "f"]), "inconsistentFields"),
        set("tokenizer.ggml.tokens", .strings([]), "fieldOutOfRange"),
        set("granite.embedding_scale", .float32(.nan), "fieldOutOfRange", architecture: "granite"),
        set("granite.attention.scale", .float32(0), "fieldOutOfRange", architecture: "granite"),
        set("granite.residual_scale", .float32(-1), "fieldOutOfRange", architecture: "granite"),
        set("granite.logit_scale", .float32(.infinity), "fieldOutOfRange", architecture: "granite"),
        set("granite.logit_scale", .string("16"), "wrongFieldType", architecture: "granite"),
        remove("granite.logit_scale", "missingField", architecture: "granite"),
    ]

    static let features: [MalformedCase] = [
        remove("general.architecture", "missingField"),
        set("general.architecture", .uint32(1), "wrongFieldType"),
        set("general.architecture", .string("gpt2"), "unsupportedModel"),
        set("general.architecture", .string("qwen2"), "unsupportedModel"),
        set("general.architecture", .string("granitehybrid"), "unsupportedModel"),
        set("general.architecture", .string("granitemoehybrid"), "unsupportedModel"),
        set("general.architecture", .string("LLAMA"), "unsupportedModel"),
        set("general.architecture", .string(""), "unsupportedModel"),
        set("general.architecture", .string("\u{1B}[31mllama\r\n"), "unsupportedModel"),
        set("general.architecture", .string("granite"), "missingField"),
        set("general.name", .uint32(1), "wrongFieldType"),
        set("llama.rope.scaling.type", .string("linear"), "unsupportedFeature"),
        set("llama.rope.scaling.type", .string("yarn"), "unsupportedFeature"),
        set("llama.rope.scaling.type", .string("longrope"), "unsupportedFeature"),
        set("llama.rope.scaling.type", .uint32(0), "wrongFieldType"),
        set("llama.rope.scale_linear", .float32(4), "unsupportedFeature"),
        set("llama.rope.dimension_count", .uint32(4), "unsupportedFeature"),
        set("llama.rope.dimension_count", .uint32(0), "unsupportedFeature"),
        set("llama.attention.value_length", .uint32(16), "unsupportedFeature"),
        set("llama.expert_count", .uint32(8), "unsupportedFeature"),
        set("llama.attention.sliding_window", .uint32(4096), "unsupportedFeature"),
        set("llama.use_parallel_residual", .bool(true), "unsupportedFeature"),
        set("llama.tensor_data_layout", .string("other"), "unsupportedFeature"),
        set("split.count", .string("2"), "wrongFieldType"),
    ]

    static let weights: [MalformedCase] =
        MicroGGUF.shapes.map { name, _, _ in
            file("without \(name)", "missingTensor") { $0.tensors.removeAll { $0.name == Array(name.utf8) } }
        }
        + MicroGGUF.shapes.enumerated().map { index, shape in
            file("\(shape.0) with a dimension of 64 more", "wrongShape") {
                var dimensions = shape.1
                dimensions[dimensions.count - 1] += 64
                $0.remove("tokenizer.ggml.tokens")
                $0.set("llama.vocab_size", .uint32(5))
                $0.tensors[index] = MicroGGUF.tensor(shape.0, dimensions, type: shape.2)
            }
        } + [
            file("unknown tensor", "unexpectedTensor") {
                $0.tensors.append(MicroGGUF.tensor("blk.0.extra", [1], type: 0))
            },
            file("layer too many", "unexpectedTensor") {
                $0.tensors.append(MicroGGUF.tensor("blk.1.attn_norm.weight", [32], type: 0))
            },
            file("key bias without query bias", "unexpectedTensor") {
                $0.tensors.append(MicroGGUF.tensor("blk.0.attn_k.bias", [16], type: 0))
            },
            file("query bias without key bias", "missingTensor") {
                $0.tensors.append(MicroGGUF.tensor("blk.0.attn_q.bias", [32], type: 0))
            },
            file("query bias of another length", "wrongShape") {
                $0.tensors.append(MicroGGUF.tensor("blk.0.attn_q.bias", [16], type: 0))
            },
            file("expert tensors", "unexpectedTensor") {
                $0.tensors.append(MicroGGUF.tensor("blk.0.ffn_gate_inp.weight", [32, 2], type: 0))
            },
            file("weights as I32", "unsupportedWeightType") {
                $0.tensors[0] = MicroGGUF.tensor("token_embd.weight", [32, 5], type: 26)
            },
            file("weights as IQ4_NL", "unsupportedWeightType") {
                $0.tensors[0] = MicroGGUF.tensor("token_embd.weight", [32, 5], type: 20)
            },
            file("frequency factors of a wrong count", "wrongShape") {
                $0.tensors.append(MicroGGUF.tensor("rope_freqs.weight", [8], type: 0))
            },
            file("frequency factors as F16", "unsupportedWeightType") {
                $0.tensors.append(MicroGGUF.tensor("rope_freqs.weight", [4], type: 1))
            },
            file("frequency factors in two dimensions", "wrongShape") {
                $0.tensors.append(MicroGGUF.tensor("rope_freqs.weight", [2, 2], type: 0))
            },
        ]
        + [Float.nan, 0, -1, .infinity].map { factor in
            file("frequency factor \(factor)", "fieldOutOfRange") {
                let factors: [Float] = [1, 1, 1, factor]
                $0.tensors.append(
                    .init("rope_freqs.weight", [4], type: 0, data: factors.flatMap { littleEndian($0.bitPattern) }))
            }
        }
}
