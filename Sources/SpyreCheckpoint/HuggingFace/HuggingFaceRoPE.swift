/// Rotary settings of config.json: `rope_parameters` (transformers 5) or `rope_theta` and `rope_scaling` (4).
struct HuggingFaceRoPE: Equatable {
    let theta: Double
    let scaling: RoPEScaling?

    init(_ config: HuggingFaceObject) throws(CheckpointError) {
        let theta = try config.number("rope_theta", in: ConfigurationFields.ropeTheta)
        let parameters = try config.object("rope_parameters").map { object throws(CheckpointError) in
            try HuggingFaceRoPE(object, theta: theta)
        }
        let scaling = try config.object("rope_scaling").map { object throws(CheckpointError) in
            try HuggingFaceRoPE(object, theta: parameters?.theta ?? theta)
        }
        if let parameters, let scaling, parameters != scaling {
            throw .inconsistentFields(
                file: config.file, reason: "rope_parameters and rope_scaling contradict each other; keep one of them")
        }
        if let parameters, let theta, parameters.theta != theta {
            throw .inconsistentFields(
                file: config.file, reason: "rope_parameters.rope_theta and rope_theta contradict each other")
        }
        self = parameters ?? scaling ?? HuggingFaceRoPE(theta: theta ?? 10_000, scaling: nil)
    }

    private init(theta: Double, scaling: RoPEScaling?) {
        self.theta = theta
        self.scaling = scaling
    }

    private init(_ object: HuggingFaceObject, theta: Double?) throws(CheckpointError) {
        self.theta = try object.number("rope_theta", in: ConfigurationFields.ropeTheta) ?? theta ?? 10_000
        if let factor = try object.number("partial_rotary_factor", in: 0...1), factor != 1 {
            throw object.unsupported("partial_rotary_factor", "\(factor)", supported: "1")
        }
        let legacyType = try object.string("type")
        switch try object.string("rope_type") ?? legacyType ?? "default" {
        case "default": scaling = nil
        case "llama3": scaling = try Self.llama3(object)
        case let type: throw object.unsupported("rope_type", type, supported: "default, llama3")
        }
    }

    private static func llama3(_ object: HuggingFaceObject) throws(CheckpointError) -> RoPEScaling {
        let factor = try object.required("factor", in: 1...1e6)
        let low = try object.required("low_freq_factor", in: 1e-6...1e6)
        let high = try object.required("high_freq_factor", in: 1e-6...1e6)
        let original = try object.required("original_max_position_embeddings", in: Limits.positions)
        guard low < high else {
            throw .inconsistentFields(
                file: object.file,
                reason: "\(object.prefix)low_freq_factor \(low) is not below high_freq_factor \(high)")
        }
        return .llama3(
            factor: factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalContextLength: original)
    }
}
