import SpyreTestSupport
import Testing

@testable import SpyreCheckpoint

/// Valid GGUF files.
@Suite struct GGUFTests {
    private func open(_ writer: GGUFWriter) throws -> Checkpoint {
        let directory = try TemporaryDirectory()
        return try Checkpoint.open(directory.write(writer.bytes, to: "model.gguf"))
    }

    private func inventory(_ writer: GGUFWriter) throws -> CheckpointInventory {
        let directory = try TemporaryDirectory()
        return try CheckpointInventory.open(directory.write(writer.bytes, to: "no-extension"))
    }

    @Test(arguments: ElementType.ggufTypes.keys.sorted(), 0...4)
    func readsEveryTypeAndRank(number: UInt32, rank: Int) throws {
        let type = try #require(ElementType(ggufNumber: number))
        let dimensions = Array([UInt64(type.blockLength), 3, 2, 2].prefix(rank))
        guard rank > 0 || type.blockLength == 1 else { return }
        var writer = GGUFWriter()
        writer.tensors = [
            MicroGGUF.tensor("first", [1], type: 24), MicroGGUF.tensor("x", dimensions, type: number, seed: 5),
            MicroGGUF.tensor("last", [3], type: 25),
        ]
        let inventory = try inventory(writer)
        #expect(inventory.format == .gguf)
        #expect(inventory.tensors.map(\.name) == ["first", "x", "last"])
        let tensor = inventory.tensors[1]
        #expect(tensor.elementType == type)
        #expect(tensor.shape == dimensions.reversed().map(Int.init))
        #expect(inventory.withBytes(of: tensor) { Array($0) } == writer.tensors[1].data)
    }

    @Test(arguments: [1, 2, 32, 64, 4096])
    func honoursAlignment(alignment: Int) throws {
        var writer = MicroGGUF.writer()
        writer.alignment = alignment
        writer.set("general.alignment", .uint32(UInt32(alignment)))
        let checkpoint = try open(writer)
        for tensor in checkpoint.sourceTensors { #expect(tensor.fileOffset.isMultiple(of: alignment)) }
        #expect(try TensorSnapshot(checkpoint) == TensorSnapshot(open(MicroGGUF.writer())))
    }

    @Test func readsVersion2() throws {
        var writer = MicroGGUF.writer()
        writer.version = 2
        #expect(try TensorSnapshot(open(writer)) == TensorSnapshot(open(MicroGGUF.writer())))
    }

    @Test func allowsTheLastPaddingToBeAbsent() throws {
        var writer = MicroGGUF.writer()
        writer.tensors.append(MicroGGUF.tensor("rope_freqs.weight", [4], type: 0))
        writer.tensors[11].data = [Float(1), 2, 4, 8].flatMap { littleEndian($0.bitPattern) }
        let directory = try TemporaryDirectory()
        let path = try directory.write(Array(writer.bytes.dropLast(16)), to: "model.gguf")
        let checkpoint = try Checkpoint.open(path)
        #expect(checkpoint.configuration.ropeScaling == .frequencyFactors([1, 2, 4, 8]))
    }

    @Test func mapsNamesToFMS() throws {
        let writer = MicroGGUF.writer()
        let checkpoint = try open(writer)
        let sources: [String: String] = [
            "base_model.embedding.weight": "token_embd.weight",
            "base_model.layers.0.ln.weight": "blk.0.attn_norm.weight",
            "base_model.layers.0.attn.in_proj.query.weight": "blk.0.attn_q.weight",
            "base_model.layers.0.attn.in_proj.key.weight": "blk.0.attn_k.weight",
            "base_model.layers.0.attn.in_proj.value.weight": "blk.0.attn_v.weight",
            "base_model.layers.0.attn.dense.weight": "blk.0.attn_output.weight",
            "base_model.layers.0.ff_ln.weight": "blk.0.ffn_norm.weight",
            "base_model.layers.0.ff_sub_layer.wg.weight": "blk.0.ffn_gate.weight",
            "base_model.layers.0.ff_sub_layer.w1.weight": "blk.0.ffn_up.weight",
            "base_model.layers.0.ff_sub_layer.w2.weight": "blk.0.ffn_down.weight",
            "base_model.dec_norm.weight": "output_norm.weight",
        ]
        #expect(Set(checkpoint.tensors.keys) == Set(sources.keys))
        for (canonical, source) in sources {
            let tensor = try #require(checkpoint.tensors[canonical])
            let written = try #require(writer.tensors.first { $0.name == Array(source.utf8) })
            #expect(tensor.shape == written.dimensions.reversed().map(Int.init))
            #expect(checkpoint.withBytes(of: tensor) { Array($0) } == written.data, "\(canonical)")
        }
    }

    @Test func readsTheConfiguration() throws {
        let configuration = try open(MicroGGUF.writer()).configuration
        #expect(
            configuration
                == ModelConfiguration(
                    architecture: .llama, name: "micro", vocabularySize: 5, hiddenSize: 32, intermediateSize: 64,
                    layerCount: 1, headCount: 4, kvHeadCount: 2, headSize: 8, normEpsilon: 1e-5, ropeTheta: 100_000,
                    ropeLayout: .interleaved, maximumPositions: 64, tiedEmbeddings: true, bosTokenID: 1,
                    eosTokenIDs: [2]))
        #expect(configuration.attentionMultiplier == Float(1 / 8.0.squareRoot()))
    }

    @Test func readsGranite() throws {
        let configuration = try open(MicroGGUF.writer(architecture: "granite")).configuration
        #expect(configuration.architecture == .granite)
        #expect(configuration.embeddingMultiplier == 12)
        #expect(configuration.attentionMultiplier == 0.0078125)
        #expect(configuration.residualMultiplier == 0.22)
        #expect(configuration.logitsDivisor == 16)
    }

    @Test func readsOptionalParts() throws {
        var writer = MicroGGUF.writer()
        for (name, count) in [
            ("attn_q", 32), ("attn_k", 16), ("attn_v", 16), ("attn_output", 32), ("ffn_gate", 64), ("ffn_up", 64),
            ("ffn_down", 32),
        ] as [(String, UInt64)] {
            writer.tensors.append(MicroGGUF.tensor("blk.0.\(name).bias", [count], type: 0))
        }
        writer.tensors.append(MicroGGUF.tensor("output.weight", [32, 5], type: 8))
        writer.set("llama.attention.key_length", .uint32(8))
        writer.set("llama.attention.value_length", .uint32(8))
        writer.set("llama.attention.head_count_kv", .uint32s([2]))
        writer.set("llama.vocab_size", .uint64(5))
        writer.set("llama.rope.scaling.type", .string("none"))
        writer.set("llama.expert_count", .uint32(0))
        writer.set("tokenizer.ggml.eot_token_id", .uint32(3))
        writer.set("tokenizer.ggml.eom_token_id", .uint32(2))
        writer.set("tokenizer.ggml.padding_token_id", .uint32(4))
        let checkpoint = try open(writer)
        let configuration = checkpoint.configuration
        #expect(configuration.attentionBias && configuration.attentionOutputBias && configuration.mlpBias)
        #expect(!configuration.tiedEmbeddings)
        #expect(configuration.eosTokenIDs == [2, 3])
        #expect(configuration.padTokenID == 4)
        #expect(checkpoint.tensors.count == 11 + 7 + 1)
        #expect(checkpoint.tensors["head.weight"]?.shape == [5, 32])
        #expect(checkpoint.tensors["base_model.layers.0.attn.in_proj.key.bias"]?.shape == [16])
    }

    @Test func decodesMetadata() throws {
        var writer = GGUFWriter()
        let values: [(String, GGUFWriter.Value)] = [
            ("u8", .uint8(255)), ("i8", .int8(-128)), ("u16", .uint16(65_535)), ("i16", .int16(-32_768)),
            ("u32", .uint32(.max)), ("i32", .int32(.min)), ("u64", .uint64(UInt64(Int64.max))), ("i64", .int64(.min)),
            ("f32", .float32(0.1)), ("f64", .float64(0.1)), ("yes", .bool(true)), ("no", .bool(false)),
            ("text", .string("é\n\u{0}€")), ("empty", .string("")), ("strings", .strings(["", "a", "日本"])),
            ("none", .strings([])), ("ints", .int32s([-1, 0, 7])), ("uints", .uint32s([.max])),
            ("floats", .float32s([0.5, -2])), ("bools", .bools([true, false])), ("huge", .uint64(.max)),
        ]
        for (key, value) in values { writer.set(key, value) }
        let metadata = try #require(try inventory(writer).metadata)
        #expect(metadata.keys == values.map(\.0))
        #expect(try metadata.integer("u8") == 255)
        #expect(try metadata.integer("i8") == -128)
        #expect(try metadata.integer("u16") == 65_535)
        #expect(try metadata.integer("i16") == -32_768)
        #expect(try metadata.integer("u32") == 4_294_967_295)
        #expect(try metadata.integer("i32") == -2_147_483_648)
        #expect(try metadata.integer("u64") == .max)
        #expect(try metadata.integer("i64") == .min)
        #expect(try metadata.number("f32") == Double(Float(0.1)))
        #expect(try metadata.number("f64") == 0.1)
        #expect(try metadata.number("i8") == -128)
        #expect(try metadata.bool("yes") == true)
        #expect(try metadata.bool("no") == false)
        #expect(try metadata.string("text") == "é\n\u{0}€")
        #expect(try metadata.string("empty") == "")
        #expect(try metadata.strings("strings") == ["", "a", "日本"])
        #expect(try metadata.strings("none") == [])
        #expect(try metadata.integers("ints") == [-1, 0, 7])
        #expect(try metadata.integers("uints") == [4_294_967_295])
        #expect(try metadata.numbers("floats") == [0.5, -2])
        #expect(try metadata.bools("bools") == [true, false])
        #expect(try metadata.string("absent") == nil)
        #expect(try metadata.strings("absent") == nil)
        #expect(metadata.type(of: "strings") == .array)
        #expect(metadata.elementType(of: "strings") == .string)
        #expect(metadata.elementType(of: "text") == nil)
        #expect(metadata.arrayCount(of: "strings") == 3)
        #expect(metadata.arrayCount(of: "text") == nil)
        #expect(metadata.contains("u8") && !metadata.contains("absent"))
    }

    @Test func refusesValuesOfAnotherType() throws {
        var writer = GGUFWriter()
        writer.set("text", .string("1"))
        writer.set("number", .float32(1))
        writer.set("array", .uint32s([1]))
        writer.set("huge", .uint64(.max))
        writer.set("broken", .raw(9, littleEndian(UInt32(8)) + littleEndian(UInt64(1)) + GGUFWriter.string([0xFF])))
        let metadata = try #require(try inventory(writer).metadata)
        func expectError(_ expected: String, _ body: () throws -> Any?) {
            let error = #expect(throws: CheckpointError.self) { _ = try body() }
            #expect(error?.caseName == expected)
        }
        expectError("wrongFieldType") { try metadata.integer("text") }
        expectError("wrongFieldType") { try metadata.integer("number") }
        expectError("wrongFieldType") { try metadata.integer("array") }
        expectError("wrongFieldType") { try metadata.string("number") }
        expectError("wrongFieldType") { try metadata.number("text") }
        expectError("wrongFieldType") { try metadata.bool("number") }
        expectError("wrongFieldType") { try metadata.strings("array") }
        expectError("wrongFieldType") { try metadata.integers("text") }
        expectError("wrongFieldType") { try metadata.numbers("number") }
        expectError("wrongFieldType") { try metadata.bools("array") }
        expectError("fieldOutOfRange") { try metadata.integer("huge") }
        expectError("invalidUTF8") { try metadata.strings("broken") }
    }
}
