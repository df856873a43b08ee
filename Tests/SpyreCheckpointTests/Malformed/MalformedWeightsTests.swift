import Testing

@testable import SpyreCheckpoint

/// Valid files whose tensors do not fit the configuration.
@Suite struct MalformedWeightsTests {
    @Test(arguments: missing + shapes + others)
    func isRefused(_ malformed: MalformedCase) throws { try malformed.check() }

    private static func weights(
        _ name: String, _ expected: String, fields: [(String, String)] = MicroModel.llamaFields,
        _ change: @escaping @Sendable (inout SafetensorsWriter) -> Void
    ) -> MalformedCase {
        MalformedCase(name: name, expected: expected) { directory in
            var writer = MicroModel.safetensors()
            change(&writer)
            try MicroModel.write(to: directory, fields: fields, weights: writer)
            return directory.path
        }
    }

    private static func tensor(_ name: String, _ shape: [Int], type: ElementType = .bfloat16)
        -> SafetensorsWriter.Tensor
    {
        let count = shape.reduce(1, *) / type.blockLength * type.bytesPerBlock
        return .init(name: name, type: type, shape: shape, bytes: [UInt8](repeating: 0, count: count))
    }

    /// Every weight left out once.
    static let missing: [MalformedCase] = MicroModel.llamaShapes.map { name, _ in
        weights("without \(name)", "missingTensor") { $0.tensors.removeAll { $0.name == name } }
    }

    /// Every weight once with a row more (a bias-like vector more elements).
    static let shapes: [MalformedCase] =
        MicroModel.llamaShapes.map { name, shape in
            weights("\(name) with a row more", "wrongShape") { writer in
                writer.tensors = writer.tensors.map {
                    $0.name == name ? tensor(name, [shape[0] + 1] + shape.dropFirst()) : $0
                }
            }
        } + [
            weights("embedding transposed", "wrongShape") {
                $0.tensors[0] = tensor("model.embed_tokens.weight", [8, 5])
            },
            weights("embedding flattened", "wrongShape") { $0.tensors[0] = tensor("model.embed_tokens.weight", [40]) },
            weights("embedding with a third dimension", "wrongShape") {
                $0.tensors[0] = tensor("model.embed_tokens.weight", [5, 8, 1])
            },
            weights("norm is a scalar", "wrongShape") {
                $0.tensors[1] = tensor("model.layers.0.input_layernorm.weight", [])
            },
            weights("norm is empty", "wrongShape") {
                $0.tensors[1] = tensor("model.layers.0.input_layernorm.weight", [0])
            },
        ]

    private static func changed(_ changes: [String: String?]) -> [(String, String)] {
        MicroModel.replacing(MicroModel.llamaFields, changes)
    }

    static let others: [MalformedCase] = [
        weights("unknown tensor", "unexpectedTensor") { $0.tensors.append(tensor("model.extra", [1])) },
        weights("tensor of a layer too many", "unexpectedTensor") {
            $0.tensors.append(tensor("model.layers.1.input_layernorm.weight", [8]))
        },
        weights("bias that the configuration denies", "unexpectedTensor") {
            $0.tensors.append(tensor("model.layers.0.self_attn.q_proj.bias", [8]))
        },
        weights("score head of a classifier", "unexpectedTensor") {
            $0.tensors.append(tensor("score.weight", [2, 8]))
        },
        weights("rotary buffer of a layer too many", "unexpectedTensor") {
            $0.tensors.append(tensor("model.layers.1.self_attn.rotary_emb.inv_freq", [2]))
        },
        weights("GPTQ tensors", "unexpectedTensor") {
            $0.tensors.append(tensor("model.layers.0.mlp.up_proj.qweight", [1, 8], type: .int32))
        },
        weights("names without the prefix", "missingTensor") { writer in
            writer.tensors = writer.tensors.map {
                var tensor = $0
                if tensor.name.hasPrefix("model.") { tensor.name.removeFirst(6) }
                return tensor
            }
        },
        weights("no tensors", "missingTensor") { $0.tensors = [] },
        weights("weights as I32", "unsupportedWeightType") {
            $0.tensors[0] = tensor("model.embed_tokens.weight", [5, 8], type: .int32)
        },
        weights("weights as F64", "unsupportedWeightType") {
            $0.tensors[0] = tensor("model.embed_tokens.weight", [5, 8], type: .float64)
        },
        weights("weights as F8_E4M3", "unsupportedWeightType") {
            $0.tensors[2] = tensor("model.layers.0.self_attn.q_proj.weight", [8, 8], type: .float8E4M3)
        },
        weights("a norm as BOOL", "unsupportedWeightType") {
            $0.tensors[10] = tensor("model.norm.weight", [8], type: .bool)
        },
        weights("two layers configured, one present", "missingTensor", fields: changed(["num_hidden_layers": "2"])) {
            _ in
        },
        weights("4,096 layers configured", "missingTensor", fields: changed(["num_hidden_layers": "4096"])) { _ in },
        weights("attention biases configured", "missingTensor", fields: changed(["attention_bias": "true"])) { _ in },
        weights("MLP biases configured", "missingTensor", fields: changed(["mlp_bias": "true"])) { _ in },
        weights("larger vocabulary configured", "wrongShape", fields: changed(["vocab_size": "6"])) { _ in },
        weights("largest vocabulary configured", "wrongShape", fields: changed(["vocab_size": "16777216"])) { _ in },
        weights("another MLP width configured", "wrongShape", fields: changed(["intermediate_size": "16"])) { _ in },
        weights("more key/value heads configured", "wrongShape", fields: changed(["num_key_value_heads": "2"])) { _ in
        },
        weights("key/value heads left to the default", "wrongShape", fields: changed(["num_key_value_heads": nil])) {
            _ in
        },
        weights("another head size configured", "wrongShape", fields: changed(["head_dim": "8"])) { _ in },
        weights("LLaMA weights, hybrid configuration", "missingTensor", fields: MicroModel.hybridFields) { _ in },
        weights("hybrid MLP of another width", "wrongShape", fields: MicroModel.hybridFields) {
            $0 = MicroModel.safetensors(MicroModel.hybridShapes)
            $0.tensors = $0.tensors.map {
                $0.name.hasSuffix("input_linear.weight") ? tensor($0.name, [12, 8]) : $0
            }
        },
        weights("hybrid with experts' tensors", "unexpectedTensor", fields: MicroModel.hybridFields) {
            $0 = MicroModel.safetensors(MicroModel.hybridShapes)
            $0.tensors.append(tensor("model.layers.0.block_sparse_moe.router.layer.weight", [1, 8]))
        },
    ]
}
