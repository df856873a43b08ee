extension GGUFConfiguration {
    /// Refuses settings that change the result and are not implemented.
    func checkFeatures() throws(CheckpointError) {
        try check("rope.scaling.type", in: ["none"])
        // Older files give a linear factor without a type.
        if let factor = try metadata.number(key("rope.scale_linear")), factor != 1 {
            throw unsupported("rope.scale_linear", "\(factor)", supported: "1")
        }
        for name in ["expert_count", "attention.sliding_window"] {
            if let value = try metadata.integer(key(name)), value != 0 {
                throw unsupported(name, "\(value)", supported: "0")
            }
        }
        if try metadata.bool(key("use_parallel_residual")) == true {
            throw unsupported("use_parallel_residual", "true", supported: "false")
        }
        try check("tensor_data_layout", in: ["reference", "Meta AI original pth"])
    }

    /// Key, value and rotated sizes of a head have to be one.
    func checkHeadSizes(_ headSize: Int) throws(CheckpointError) {
        for name in ["attention.value_length", "rope.dimension_count"] {
            if let size = try metadata.integer(key(name)), size != headSize {
                throw unsupported(name, "\(size)", supported: "\(headSize), the head size")
            }
        }
    }

    private func check(_ name: String, in supported: [String]) throws(CheckpointError) {
        if let found = try metadata.string(key(name)), !supported.contains(found) {
            throw unsupported(name, found, supported: supported.joined(separator: ", "))
        }
    }

    private func unsupported(_ name: String, _ found: String, supported: String) -> CheckpointError {
        .unsupportedFeature(file: metadata.file.path, field: key(name), found: found, supported: supported)
    }
}
