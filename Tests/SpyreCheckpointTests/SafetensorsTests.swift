import Testing

@testable import SpyreCheckpoint

/// Valid safetensors: every type and rank, shards, views of fused weights.
@Suite struct SafetensorsTests {
    /// Types × ranks 0 to 4, and the largest rank.
    static let shapes: [[Int]] = [[], [24], [2, 12], [2, 3, 4], [2, 3, 2, 2], [1, 1, 2, 1, 3, 1, 1, 4]]

    @Test(arguments: ElementType.safetensorsTypes.sorted { $0.rawValue < $1.rawValue }, shapes)
    func readsEveryTypeAndRank(type: ElementType, shape: [Int]) throws {
        // A scalar of a sub-byte type is not a whole number of bytes.
        guard !shape.isEmpty || type.blockLength == 1 else { return }
        let elements = shape.reduce(1, *)
        let bytes = MicroModel.bytes(7, count: elements / type.blockLength * type.bytesPerBlock)
        let directory = try TemporaryDirectory()
        // A byte in front, so that the tensor is not aligned.
        let writer = SafetensorsWriter(tensors: [
            .init(name: "first", type: .uint8, shape: [1], bytes: [1]),
            .init(name: "x", type: type, shape: shape, bytes: bytes),
            .init(name: "last", type: .bool, shape: [1, 1], bytes: [0]),
        ])
        try directory.write(writer.bytes, to: "any.safetensors")
        let inventory = try CheckpointInventory.open(directory.path)
        #expect(inventory.tensors.map(\.name) == ["first", "x", "last"])
        let tensor = try #require(inventory.tensors.first { $0.name == "x" })
        #expect(tensor.elementType == type)
        #expect(tensor.shape == shape)
        #expect(tensor.elementCount == elements)
        #expect(tensor.rowCount * tensor.columnCount == elements)
        #expect(inventory.withBytes(of: tensor) { Array($0) } == bytes)
    }

    @Test func readsEmptyTensors() throws {
        let directory = try TemporaryDirectory()
        let writer = SafetensorsWriter(tensors: [
            .init(name: "a", type: .float32, shape: [0], bytes: []),
            .init(name: "b", type: .float32, shape: [1], bytes: [1, 2, 3, 4]),
            .init(name: "c", type: .float32, shape: [3, 0, 5], bytes: []),
        ])
        try directory.write(writer.bytes, to: "model.safetensors")
        let inventory = try CheckpointInventory.open(directory.path)
        #expect(inventory.tensors.map(\.byteCount).sorted() == [0, 0, 4])
    }

    @Test(arguments: ["{}", "{ \"__metadata__\" : {\"format\":\"pt\",\"k\":\"\"} }\n", "{}        "])
    func readsHeadersWithoutTensors(header: String) throws {
        let directory = try TemporaryDirectory()
        try directory.write(SafetensorsWriter.file(header: header, data: []), to: "model.safetensors")
        #expect(try CheckpointInventory.open(directory.path).tensors.isEmpty)
    }

    @Test func ordersTensorsByOffset() throws {
        let directory = try TemporaryDirectory()
        let header =
            #"{"b":{"data_offsets":[2,3],"shape":[1],"dtype":"U8"},"\u0061":{"dtype":"U8","shape":[2],"#
            + #""data_offsets":[0,2]}}"#
        try directory.write(SafetensorsWriter.file(header: header, data: [1, 2, 3]), to: "model.safetensors")
        let inventory = try CheckpointInventory.open(directory.path)
        #expect(inventory.tensors.map(\.name) == ["a", "b"])
        #expect(inventory.tensors.map { tensor in inventory.withBytes(of: tensor) { Array($0) } } == [[1, 2], [3]])
    }

    @Test func mapsNamesToFMS() throws {
        let directory = try TemporaryDirectory()
        try MicroModel.write(to: directory)
        let checkpoint = try Checkpoint.open(directory.path)
        #expect(checkpoint.format == .safetensors)
        #expect(checkpoint.directory == directory.path)
        #expect(checkpoint.metadata == nil)
        let sources: [String: String] = [
            "base_model.embedding.weight": "model.embed_tokens.weight",
            "base_model.layers.0.ln.weight": "model.layers.0.input_layernorm.weight",
            "base_model.layers.0.attn.in_proj.query.weight": "model.layers.0.self_attn.q_proj.weight",
            "base_model.layers.0.attn.in_proj.key.weight": "model.layers.0.self_attn.k_proj.weight",
            "base_model.layers.0.attn.in_proj.value.weight": "model.layers.0.self_attn.v_proj.weight",
            "base_model.layers.0.attn.dense.weight": "model.layers.0.self_attn.o_proj.weight",
            "base_model.layers.0.ff_ln.weight": "model.layers.0.post_attention_layernorm.weight",
            "base_model.layers.0.ff_sub_layer.wg.weight": "model.layers.0.mlp.gate_proj.weight",
            "base_model.layers.0.ff_sub_layer.w1.weight": "model.layers.0.mlp.up_proj.weight",
            "base_model.layers.0.ff_sub_layer.w2.weight": "model.layers.0.mlp.down_proj.weight",
            "base_model.dec_norm.weight": "model.norm.weight",
            "head.weight": "lm_head.weight",
        ]
        #expect(Set(checkpoint.tensors.keys) == Set(sources.keys))
        let written = Dictionary(uniqueKeysWithValues: MicroModel.safetensors().tensors.map { ($0.name, $0) })
        for (canonical, source) in sources {
            let tensor = try #require(checkpoint.tensors[canonical])
            #expect(tensor.name == canonical)
            #expect(tensor.shape == written[source]?.shape)
            #expect(checkpoint.withBytes(of: tensor) { Array($0) } == written[source]?.bytes, "\(canonical)")
        }
    }

    @Test func mapsBiases() throws {
        let directory = try TemporaryDirectory()
        var shapes = MicroModel.llamaShapes
        for (name, shape) in MicroModel.llamaShapes where name.contains("_proj") {
            shapes.append((name.replacing(".weight", with: ".bias"), [shape[0]]))
        }
        try MicroModel.write(
            to: directory,
            fields: MicroModel.replacing(MicroModel.llamaFields, ["attention_bias": "true", "mlp_bias": "true"]),
            weights: MicroModel.safetensors(shapes))
        let checkpoint = try Checkpoint.open(directory.path)
        #expect(checkpoint.tensors.count == 12 + 7)
        for name in ["attn.in_proj.query", "attn.in_proj.key", "attn.in_proj.value", "attn.dense", "ff_sub_layer.wg"] {
            let weight = checkpoint.tensors["base_model.layers.0.\(name).weight"]
            let bias = checkpoint.tensors["base_model.layers.0.\(name).bias"]
            #expect(bias?.shape == weight.map { [$0.shape[0]] }, "\(name)")
        }
    }

    /// Gate and up are the two halves of one source tensor, without a copy.
    @Test func splitsFusedWeights() throws {
        let directory = try TemporaryDirectory()
        let weights = MicroModel.safetensors(MicroModel.hybridShapes)
        try MicroModel.write(to: directory, fields: MicroModel.hybridFields, weights: weights)
        let checkpoint = try Checkpoint.open(directory.path)
        let gate = try #require(checkpoint.tensors["base_model.layers.0.ff_sub_layer.wg.weight"])
        let up = try #require(checkpoint.tensors["base_model.layers.0.ff_sub_layer.w1.weight"])
        let fused = try #require(weights.tensors.first { $0.name.hasSuffix("input_linear.weight") })
        #expect(gate.shape == [12, 8])
        #expect(up.shape == [12, 8])
        let half = fused.bytes.count / 2
        #expect(checkpoint.withBytes(of: gate) { Array($0) } == Array(fused.bytes[..<half]))
        #expect(checkpoint.withBytes(of: up) { Array($0) } == Array(fused.bytes[half...]))
    }

    @Test(arguments: [true, false])
    func tiedHeadIsAbsent(fileHasCopy: Bool) throws {
        let directory = try TemporaryDirectory()
        try MicroModel.write(
            to: directory, fields: MicroModel.replacing(MicroModel.llamaFields, ["tie_word_embeddings": "true"]),
            weights: MicroModel.safetensors(fileHasCopy ? MicroModel.llamaShapes : MicroModel.llamaShapes.dropLast()))
        let checkpoint = try Checkpoint.open(directory.path)
        #expect(checkpoint.configuration.tiedEmbeddings)
        #expect(checkpoint.tensors["head.weight"] == nil)
        #expect(checkpoint.tensors.count == 11)
        #expect(checkpoint.sourceTensors.count == (fileHasCopy ? 12 : 11))
    }

    @Test func ignoresRotaryBuffers() throws {
        let directory = try TemporaryDirectory()
        var weights = MicroModel.safetensors()
        for name in ["model.rotary_emb.inv_freq", "model.layers.0.self_attn.rotary_emb.inv_freq"] {
            weights.tensors.append(
                .init(name: name, type: .float32, shape: [2], bytes: [UInt8](repeating: 0, count: 8)))
        }
        try MicroModel.write(to: directory, weights: weights)
        #expect(try Checkpoint.open(directory.path).tensors.count == 12)
    }

    @Test func readsShards() throws {
        let sharded = try TemporaryDirectory()
        try MicroModel.writeSharded(to: sharded)
        let single = try TemporaryDirectory()
        try MicroModel.write(to: single)
        let checkpoint = try Checkpoint.open(sharded.path)
        #expect(try TensorSnapshot(checkpoint) == TensorSnapshot(Checkpoint.open(single.path)))
        #expect(
            checkpoint.sourceTensors.map(\.name)
                == (MicroModel.shard(0).tensors + MicroModel.shard(1).tensors).map(\.name))
    }

    /// The layout of a Hugging Face cache: links into a folder of blobs.
    @Test func followsSymbolicLinks() throws {
        let directory = try TemporaryDirectory()
        try directory.makeDirectory("blobs")
        try directory.makeDirectory("snapshot")
        try directory.write(MicroModel.json(MicroModel.llamaFields), to: "blobs/c0")
        try directory.write(MicroModel.safetensors().bytes, to: "blobs/5a")
        try directory.link("snapshot/config.json", to: "../blobs/c0")
        try directory.link("snapshot/model.safetensors", to: "../blobs/5a")
        #expect(try Checkpoint.open(directory.file("snapshot")).tensors.count == 12)
    }

    /// The mapping outlives the file's name.
    @Test func keepsReadingARemovedFile() throws {
        var directory: TemporaryDirectory? = try TemporaryDirectory()
        let path = try #require(directory?.path)
        try MicroModel.write(to: try #require(directory))
        let checkpoint = try Checkpoint.open(path)
        let before = TensorSnapshot(checkpoint)
        directory = nil
        #expect(throws: CheckpointError.notFound(path: path)) { try Checkpoint.open(path) }
        #expect(TensorSnapshot(checkpoint) == before)
    }
}
