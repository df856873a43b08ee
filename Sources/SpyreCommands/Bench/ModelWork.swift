import SpyreBenchmark
import SpyreCheckpoint
import SpyreDevice
import SpyreExecutor

/// What a model has to compute and to read at least, whatever runs it.
struct ModelWork: Equatable {
    /// Elements of the matrices that every token is multiplied with, by what their products are computed in.
    let elements: [ComputeType: Double]
    /// Elements of the matrix that makes logits, and what its products are computed in.
    let head: (elements: Double, type: ComputeType)
    /// Bytes of all weights that a step reads: those of `elements`, the head and the norms.
    let weightBytes: Int
    /// Bytes of the keys and values of one token in all layers.
    let cacheBytes: Int
    /// Operations of one query with one key and one value, in all layers.
    let attentionOperations: Double
    let attentionType: ComputeType

    static func == (left: ModelWork, right: ModelWork) -> Bool {
        left.elements == right.elements && left.head == right.head && left.weightBytes == right.weightBytes
            && left.cacheBytes == right.cacheBytes && left.attentionOperations == right.attentionOperations
            && left.attentionType == right.attentionType
    }

    /// nil when a tensor has a type that cannot be packed.
    init?(_ checkpoint: Checkpoint, dtype: ModelDType, kvCacheDType: KVCacheDType) {
        self.init(checkpoint.tensors.values, checkpoint.configuration, dtype: dtype, kvCacheDType: kvCacheDType)
    }

    init?(
        _ tensors: some Collection<CheckpointTensor>, _ configuration: ModelConfiguration, dtype: ModelDType,
        kvCacheDType: KVCacheDType = .auto
    ) {
        let embedding = "base_model.embedding.weight"
        // A head of its own leaves nothing of the embedding to read but the rows of the tokens.
        let used = tensors.filter { configuration.tiedEmbeddings || $0.name != embedding }
        guard let bytes = WeightBytes.count(used, dtype: dtype) else { return nil }
        var elements: [ComputeType: Double] = [:]
        var head: (Double, ComputeType) = (0, .float32)
        for tensor in used where tensor.shape.count > 1 {
            guard let type = dtype.storage(of: tensor.elementType).map(Self.type) else { return nil }
            if tensor.name == "head.weight" || tensor.name == embedding {
                head = (Double(tensor.elementCount), type)
            } else {
                elements[type, default: 0] += Double(tensor.elementCount)
            }
        }
        self.elements = elements
        self.head = head
        weightBytes = bytes
        let width = configuration.layerCount * configuration.kvHeadCount * configuration.headSize
        let cacheType = kvCacheDType.scalarType(for: dtype)
        guard let elementBytes = cacheType.kvCacheByteCount(blocks: 1, kvHeads: 1, headSize: 16) else { return nil }
        cacheBytes = 2 * width * elementBytes / (16 * ExecutorLimits.blockTokens)
        attentionOperations = 4 * Double(configuration.layerCount * configuration.headCount * configuration.headSize)
        // float16 is widened to float32 on the way, bytes to bfloat16.
        attentionType = [.bfloat16, .float8E4M3, .int8].contains(cacheType) ? .bfloat16 : .float32
    }

    private static func type(_ type: ScalarType) -> ComputeType {
        switch WeightFormat.computeType(of: type.code) {
        case let type?: type
        case nil: .float32
        }
    }

    /// Operations of reading a prompt whose first token has `depth` tokens before it; one row of logits.
    func operations(prompt tokens: Int, depth: Int) -> [ComputeType: Double] {
        var operations = elements.mapValues { 2 * $0 * Double(tokens) }
        operations[head.type, default: 0] += 2 * head.elements
        let seen = Double(tokens) * (Double(depth) + Double(tokens + 1) / 2)
        operations[attentionType, default: 0] += attentionOperations * seen
        return operations
    }

    /// Bytes that a step reads which makes one token for each of some sequences with so many tokens of context.
    func bytes(sequences: Int, context: Double) -> Double {
        Double(weightBytes) + Double(cacheBytes) * context * Double(sequences)
    }
}
