@testable import SpyreCheckpoint

/// A LLaMA small enough to write out whole: 1 layer, hidden 8, 2 heads of 4, 1 key/value head, inner 12, vocabulary 5.
enum MicroModel {
    /// config.json, one field a line: JSON text by field.
    static let llamaFields: [(String, String)] = [
        ("model_type", #""llama""#), ("architectures", #"["LlamaForCausalLM"]"#), ("vocab_size", "5"),
        ("hidden_size", "8"), ("intermediate_size", "12"), ("num_hidden_layers", "1"),
        ("num_attention_heads", "2"), ("num_key_value_heads", "1"), ("rms_norm_eps", "1e-05"),
        ("rope_theta", "10000.0"), ("max_position_embeddings", "64"), ("hidden_act", #""silu""#),
        ("tie_word_embeddings", "false"), ("bos_token_id", "1"), ("eos_token_id", "2"),
    ]

    static let graniteFields: [(String, String)] =
        replacing(
            llamaFields,
            [
                "model_type": #""granite""#, "architectures": #"["GraniteForCausalLM"]"#,
                "embedding_multiplier": "12.0", "attention_multiplier": "0.0078125", "residual_multiplier": "0.22",
                "logits_scaling": "16.0",
            ])

    static let hybridFields: [(String, String)] =
        replacing(
            graniteFields,
            [
                "model_type": #""granitemoehybrid""#, "architectures": #"["GraniteMoeHybridForCausalLM"]"#,
                "intermediate_size": "999", "shared_intermediate_size": "12", "num_local_experts": "0",
                "position_embedding_type": #""rope""#, "layer_types": #"["attention"]"#,
            ])

    /// Replaces fields, adds new ones at the end, removes those whose text is nil.
    static func replacing(_ fields: [(String, String)], _ changes: [String: String?]) -> [(String, String)] {
        var result: [(String, String)] = []
        for (name, text) in fields {
            guard let change = changes[name] else {
                result.append((name, text))
                continue
            }
            if let change { result.append((name, change)) }
        }
        for (name, change) in changes.sorted(by: { $0.key < $1.key }) where !fields.contains(where: { $0.0 == name }) {
            if let change { result.append((name, change)) }
        }
        return result
    }

    static func json(_ fields: [(String, String)]) -> String {
        "{" + fields.map { "\"\($0.0)\": \($0.1)" }.joined(separator: ",\n") + "}"
    }

    /// Source name and shape, in the order in which they are written.
    static let llamaShapes: [(String, [Int])] = [
        ("model.embed_tokens.weight", [5, 8]),
        ("model.layers.0.input_layernorm.weight", [8]),
        ("model.layers.0.self_attn.q_proj.weight", [8, 8]),
        ("model.layers.0.self_attn.k_proj.weight", [4, 8]),
        ("model.layers.0.self_attn.v_proj.weight", [4, 8]),
        ("model.layers.0.self_attn.o_proj.weight", [8, 8]),
        ("model.layers.0.post_attention_layernorm.weight", [8]),
        ("model.layers.0.mlp.gate_proj.weight", [12, 8]),
        ("model.layers.0.mlp.up_proj.weight", [12, 8]),
        ("model.layers.0.mlp.down_proj.weight", [8, 12]),
        ("model.norm.weight", [8]),
        ("lm_head.weight", [5, 8]),
    ]

    static let hybridShapes: [(String, [Int])] =
        llamaShapes.filter { !$0.0.contains(".mlp.") } + [
            ("model.layers.0.shared_mlp.input_linear.weight", [24, 8]),
            ("model.layers.0.shared_mlp.output_linear.weight", [8, 12]),
        ]

    /// Different bytes for every element of every tensor.
    static func bytes(_ seed: Int, count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: seed &* 37 &+ $0 &* 11 &+ $0 >> 8) }
    }

    static func safetensors(
        _ shapes: [(String, [Int])] = llamaShapes, type: ElementType = .bfloat16
    ) -> SafetensorsWriter {
        SafetensorsWriter(
            tensors: shapes.enumerated().map { index, entry in
                let count = entry.1.reduce(1, *) * type.bytesPerBlock
                return .init(name: entry.0, type: type, shape: entry.1, bytes: bytes(index, count: count))
            })
    }

    /// Writes config.json and model.safetensors.
    static func write(
        to directory: TemporaryDirectory, fields: [(String, String)] = llamaFields,
        weights: SafetensorsWriter = safetensors()
    ) throws {
        try directory.write(json(fields), to: "config.json")
        try directory.write(weights.bytes, to: "model.safetensors")
    }

    /// Writes config.json, two shards and their index.
    static func writeSharded(to directory: TemporaryDirectory) throws {
        try directory.write(json(llamaFields), to: "config.json")
        try directory.write(shard(0).bytes, to: shardNames[0])
        try directory.write(shard(1).bytes, to: shardNames[1])
        try directory.write(index(), to: SafetensorsDirectory.indexName)
    }

    static let shardNames = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]

    static func shard(_ number: Int) -> SafetensorsWriter {
        SafetensorsWriter(tensors: safetensors().tensors.enumerated().filter { $0.offset % 2 == number }.map(\.element))
    }

    static func index(_ change: (inout [(String, String)]) -> Void = { _ in }) -> String {
        var entries = llamaShapes.enumerated().map { ($1.0, shardNames[$0 % 2]) }
        change(&entries)
        return #"{"metadata":{"total_size":1136},"weight_map":{"#
            + entries.map { "\"\($0.0)\":\"\($0.1)\"" }.joined(separator: ",") + "}}"
    }
}
