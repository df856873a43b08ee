extension HuggingFaceConfiguration {
    /// Refuses settings that change the result and are not implemented.
    func checkFeatures() throws(CheckpointError) {
        if let activation = try config.string("hidden_act"), activation != "silu", activation != "swish" {
            throw config.unsupported("hidden_act", activation, supported: "silu")
        }
        if config.value("quantization_config") != nil {
            throw config.unsupported(
                "quantization_config", "present", supported: "float32, float16 and bfloat16 weights, or a GGUF file")
        }
        if let window = try config.integer("sliding_window"), try config.bool("use_sliding_window") ?? true {
            throw config.unsupported("sliding_window", "\(window)", supported: "null")
        }
        if let factor = try config.number("partial_rotary_factor", in: 0...1), factor != 1 {
            throw config.unsupported("partial_rotary_factor", "\(factor)", supported: "1")
        }
        if architecture == .graniteMoeHybrid { try checkHybrid() }
    }

    private func checkHybrid() throws(CheckpointError) {
        let experts = try config.integer("num_local_experts") ?? 8
        guard experts == 0 else {
            throw config.unsupported("num_local_experts", "\(experts)", supported: "0, a dense model")
        }
        let position = try config.string("position_embedding_type")
        guard position == "rope" else {
            throw config.unsupported("position_embedding_type", position ?? "null", supported: "rope")
        }
        if let normalization = try config.string("normalization_function"), normalization != "rmsnorm" {
            throw config.unsupported("normalization_function", normalization, supported: "rmsnorm")
        }
    }

    /// Every layer has to be full attention. transformers 5 renamed layers_block_type to layer_types.
    func checkLayers(_ layerCount: Int) throws(CheckpointError) {
        var isListed = false
        for field in ["layers_block_type", "layer_types"] {
            guard let types = try config.strings(field) else { continue }
            isListed = true
            if let (layer, type) = types.enumerated().first(where: { !["attention", "full_attention"].contains($1) }) {
                throw config.unsupported(field, "\(type) in layer \(layer)", supported: "attention")
            }
            guard types.count == layerCount else {
                throw .inconsistentFields(
                    file: config.file,
                    reason: "\(field) lists \(types.count) layers, num_hidden_layers is \(layerCount)")
            }
        }
        // Without a list the hybrid family's layers are Mamba layers.
        if architecture == .graniteMoeHybrid, !isListed {
            throw config.unsupported("layer_types", "mamba in layer 0 (the default)", supported: "attention")
        }
    }
}
