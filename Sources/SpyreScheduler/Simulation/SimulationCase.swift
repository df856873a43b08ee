/// A case for `spyre simulate`: limits, and requests that arrive at given steps.
package struct SimulationCase: Decodable, Sendable {
    package struct Request: Sendable {
        package var id: String
        package var promptLength: Int
        package var maximumNewTokens: Int
        /// The request is added after this many steps.
        package var arrivalStep: Int
        /// Tokens at the front that are those of the first request, prompt and output.
        package var sharedPrefix: Int
        package var priority: Int
    }

    package var name: String
    package var maximumSequences: Int
    package var maximumModelLength: Int
    package var chunkTokens: Int
    /// KV blocks beside the padding block; nil for as many as all sequences at full length take.
    package var usableBlocks: Int?
    package var batchTKVLimit: Int?
    package var cachesPrefixes: Bool
    package var interleaves: Bool
    package var pauses: Bool
    package var favoursLongOutputs: Bool
    package var warmupShapes: String?
    package var requests: [Request]

    private enum CodingKeys: String, CodingKey {
        case name, requests, chunk, interleave, pausing
        case maximumSequences = "max_num_seqs"
        case maximumModelLength = "max_model_len"
        case usableBlocks = "usable_blocks"
        case batchTKVLimit = "batch_tkv_limit"
        case cachesPrefixes = "prefix_caching"
        case favoursLongOutputs = "long_output_priority"
        case warmupShapes = "warmup_shapes"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        name = try values.decode(String.self, forKey: .name)
        maximumSequences = try values.decode(Int.self, forKey: .maximumSequences)
        maximumModelLength = try values.decode(Int.self, forKey: .maximumModelLength)
        chunkTokens = try values.decodeIfPresent(Int.self, forKey: .chunk) ?? 512
        usableBlocks = try values.decodeIfPresent(Int.self, forKey: .usableBlocks)
        batchTKVLimit = try values.decodeIfPresent(Int.self, forKey: .batchTKVLimit)
        cachesPrefixes = try values.decodeIfPresent(Bool.self, forKey: .cachesPrefixes) ?? true
        interleaves = try values.decodeIfPresent(Bool.self, forKey: .interleave) ?? true
        pauses = try values.decodeIfPresent(Bool.self, forKey: .pausing) ?? true
        favoursLongOutputs = try values.decodeIfPresent(Bool.self, forKey: .favoursLongOutputs) ?? false
        warmupShapes = try values.decodeIfPresent(String.self, forKey: .warmupShapes)
        requests = try values.decode([Request].self, forKey: .requests)
    }
}

extension SimulationCase.Request: Decodable {
    private enum CodingKeys: String, CodingKey {
        case id, priority
        case promptLength = "prompt_len"
        case maximumNewTokens = "max_tokens"
        case arrivalStep = "arrival_step"
        case sharedPrefix = "shared_prefix_with_0"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        id = try values.decode(String.self, forKey: .id)
        promptLength = try values.decode(Int.self, forKey: .promptLength)
        maximumNewTokens = try values.decode(Int.self, forKey: .maximumNewTokens)
        arrivalStep = try values.decodeIfPresent(Int.self, forKey: .arrivalStep) ?? 0
        sharedPrefix = try values.decodeIfPresent(Int.self, forKey: .sharedPrefix) ?? 0
        priority = try values.decodeIfPresent(Int.self, forKey: .priority) ?? 0
    }
}
