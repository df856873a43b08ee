import Foundation
import SpyreCheckpoint
import SpyreDevice
import SpyreExecutor
import SpyreGraph
import SpyreTestSupport
import Testing

/// Files with five bits a weight. llama.cpp writes Q5_0 into a Q4_K_M file, and Q5_1 into a Q5_K_M file, where a row is
/// no multiple of 256.
@Suite struct FiveBitTests {
    /// One matrix as two types of file hold it.
    private struct Block {
        var scale: Float16, minimum: Float16
        var quants: [UInt8]

        init(using random: inout some RandomNumberGenerator) {
            scale = Float16(Float.random(in: 0.002...0.02, using: &random))
            minimum = -16 * scale
            quants = (0..<32).map { _ in UInt8.random(in: 0..<32, using: &random) }
        }

        private var packed: [UInt8] {
            let high = quants.indices.reduce(UInt32(0)) { $0 | UInt32(quants[$1] >> 4) << UInt32($1) }
            return littleEndian(high) + (0..<16).map { quants[$0] & 15 | (quants[$0 + 16] & 15) << 4 }
        }

        var q5_0: [UInt8] { littleEndian(scale.bitPattern) + packed }
        var q5_1: [UInt8] { littleEndian(scale.bitPattern) + littleEndian(minimum.bitPattern) + packed }
        var q8_0: [UInt8] { littleEndian(scale.bitPattern) + quants.map { $0 &- 16 } }
        var floats: [UInt8] {
            quants.flatMap { littleEndian((Float($0) * Float(scale) + Float(minimum)).bitPattern) }
        }
    }

    private static let shapes: [(String, [UInt64])] = [
        ("token_embd.weight", [64, 33]), ("blk.0.attn_norm.weight", [64]), ("blk.0.attn_q.weight", [64, 64]),
        ("blk.0.attn_k.weight", [64, 32]), ("blk.0.attn_v.weight", [64, 32]), ("blk.0.attn_output.weight", [64, 64]),
        ("blk.0.ffn_norm.weight", [64]), ("blk.0.ffn_gate.weight", [64, 96]), ("blk.0.ffn_up.weight", [64, 96]),
        ("blk.0.ffn_down.weight", [96, 64]), ("output_norm.weight", [64]),
    ]

    /// A LLaMA of one layer, always the same weights; a file's matrices have the type that `type` says for their name.
    private static func write(_ type: (String) -> ElementType) throws -> String {
        var random = SplitMix64(seed: 7)
        var writer = GGUFWriter()
        writer.entries = [
            .init("general.architecture", .string("llama")), .init("llama.block_count", .uint32(1)),
            .init("llama.context_length", .uint32(64)), .init("llama.embedding_length", .uint32(64)),
            .init("llama.feed_forward_length", .uint32(96)), .init("llama.attention.head_count", .uint32(4)),
            .init("llama.attention.head_count_kv", .uint32(2)),
            .init("llama.attention.layer_norm_rms_epsilon", .float32(1e-5)),
            .init("llama.rope.freq_base", .float32(10_000)), .init("llama.rope.dimension_count", .uint32(16)),
            .init("tokenizer.ggml.tokens", .strings((0..<33).map { "t\($0)" })),
        ]
        writer.tensors = shapes.map { name, dimensions in
            guard dimensions.count > 1 else {
                let ones = (0..<dimensions[0]).flatMap { _ in littleEndian(Float(1).bitPattern) }
                return .init(name, dimensions, type: 0, data: ones)
            }
            let blocks = (0..<dimensions[0] * dimensions[1] / 32).map { _ in Block(using: &random) }
            switch type(name) {
            case .q5_0: return .init(name, dimensions, type: 6, data: blocks.flatMap(\.q5_0))
            case .q5_1: return .init(name, dimensions, type: 7, data: blocks.flatMap(\.q5_1))
            case .q8_0: return .init(name, dimensions, type: 8, data: blocks.flatMap(\.q8_0))
            default: return .init(name, dimensions, type: 0, data: blocks.flatMap(\.floats))
            }
        }
        let path = NSTemporaryDirectory() + "spyre-five-bits-\(UUID().uuidString).gguf"
        try Data(writer.bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    private static func logits(
        dtype: ModelDType, backend: Backend, isa: String, _ type: (String) -> ElementType
    ) throws -> [[UInt32]] {
        let path = try write(type)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let session = try Session(path, backend: backend, dtype: dtype, isa: isa, sequences: 1, stepRows: 64)
        let prompt = try session.run([(0, [3, 1, 4, 1, 5, 9, 2, 6, 32, 0])], allLogits: true)
        return (prompt + (try session.run([(0, [7])]))).map { $0.map(\.bitPattern) }
    }

    /// The types of a Q4_K_M file whose rows are no multiples of 256, and the same numbers in Q8_0 alone.
    @Test(arguments: Backend.allCases, Session.runnableISAs)
    func q5_0IsQ8_0WithTheSameBits(backend: Backend, isa: String) throws {
        let mixed = try Self.logits(dtype: .auto, backend: backend, isa: isa) {
            $0.contains("attn_v") || $0.contains("ffn_down") ? .q8_0 : .q5_0
        }
        #expect(try mixed == Self.logits(dtype: .auto, backend: backend, isa: isa) { _ in .q8_0 })
        #expect(mixed.joined().allSatisfy { Float(bitPattern: $0).isFinite } && Set(mixed).count > 5)
    }

    /// Expanded, a block's numbers are those that float32 has for them.
    @Test(arguments: [ElementType.q5_0, .q5_1], [ModelDType.float32, .bfloat16])
    func expandedBlocksHaveTheSameBits(type: ElementType, dtype: ModelDType) throws {
        let isa = Session.runnableISAs.last ?? "reference"
        let got = try Self.logits(dtype: dtype, backend: .inductor, isa: isa) { _ in type }
        #expect(try got == Self.logits(dtype: dtype, backend: .inductor, isa: isa) { _ in .float32 })
    }

    @Test func aTypeWithoutAKernelSaysWhatToDo() throws {
        let error = #expect(throws: ExecutorError.self) {
            try Self.logits(dtype: .auto, backend: .inductor, isa: "reference") { _ in .q5_1 }
        }
        let text = error.map { "\($0)" } ?? ""
        #expect(text.contains("has type Q5_1, for which there is no kernel; --dtype bfloat16 or float32 expands it"))
    }
}

/// Steele et al. 2014, SplitMix64.
private struct SplitMix64: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
