import SpyreTestSupport

@testable import SpyreCheckpoint

/// The micro LLaMA as GGUF: tied head, hidden 32 so that blocks of 32 fit, 4 heads of 8, 2 key/value heads, inner 64.
enum MicroGGUF {
    static let shapes: [(String, [UInt64], UInt32)] = [
        ("token_embd.weight", [32, 5], 8),
        ("blk.0.attn_norm.weight", [32], 0),
        ("blk.0.attn_q.weight", [32, 32], 3),
        ("blk.0.attn_k.weight", [32, 16], 3),
        ("blk.0.attn_v.weight", [32, 16], 2),
        ("blk.0.attn_output.weight", [32, 32], 1),
        ("blk.0.ffn_norm.weight", [32], 0),
        ("blk.0.ffn_gate.weight", [32, 64], 3),
        ("blk.0.ffn_up.weight", [32, 64], 3),
        ("blk.0.ffn_down.weight", [64, 32], 30),
        ("output_norm.weight", [32], 0),
    ]

    static func data(_ seed: Int, _ dimensions: [UInt64], type: UInt32) -> [UInt8] {
        guard let elementType = ElementType(ggufNumber: type) else { return [] }
        let elements = dimensions.reduce(1) { $0 * Int($1) }
        return MicroModel.bytes(
            seed, count: (elements + elementType.blockLength - 1) / elementType.blockLength * elementType.bytesPerBlock)
    }

    static func tensor(_ name: String, _ dimensions: [UInt64], type: UInt32, seed: Int = 99) -> GGUFWriter.Tensor {
        .init(name, dimensions, type: type, data: data(seed, dimensions, type: type))
    }

    static func writer(architecture name: String = "llama") -> GGUFWriter {
        var writer = GGUFWriter()
        writer.entries = [
            .init("general.architecture", .string(name)),
            .init("general.name", .string("micro")),
            .init("general.alignment", .uint32(32)),
            .init("\(name).block_count", .uint32(1)),
            .init("\(name).context_length", .uint32(64)),
            .init("\(name).embedding_length", .uint32(32)),
            .init("\(name).feed_forward_length", .uint32(64)),
            .init("\(name).attention.head_count", .uint32(4)),
            .init("\(name).attention.head_count_kv", .uint32(2)),
            .init("\(name).attention.layer_norm_rms_epsilon", .float32(1e-5)),
            .init("\(name).rope.freq_base", .float32(100_000)),
            .init("\(name).rope.dimension_count", .uint32(8)),
            .init("tokenizer.ggml.tokens", .strings(["<unk>", "<s>", "</s>", "a", "é"])),
            .init("tokenizer.ggml.token_type", .int32s([2, 3, 3, 1, 1])),
            .init("tokenizer.ggml.bos_token_id", .uint32(1)),
            .init("tokenizer.ggml.eos_token_id", .uint32(2)),
            .init("tokenizer.ggml.add_bos_token", .bool(false)),
        ]
        if name == "granite" {
            writer.entries += [
                .init("granite.embedding_scale", .float32(12)), .init("granite.attention.scale", .float32(0.0078125)),
                .init("granite.residual_scale", .float32(0.22)), .init("granite.logit_scale", .float32(16)),
            ]
        }
        writer.tensors = shapes.enumerated().map { tensor($1.0, $1.1, type: $1.2, seed: $0) }
        return writer
    }
}
