import SpyreCheckpoint
import SpyreEngine
import SpyreExecutor
import SpyreTokenizer

/// What `spyre inspect` finds out about a checkpoint.
struct InspectionReport {
    /// Tensors of one element type together.
    struct TypeTotal: Equatable, Encodable {
        let type: String
        let tensors: Int
        let bytes: Int
        /// How `--dtype auto` holds matrices of the type, or nil when it cannot.
        let heldAs: String?

        enum CodingKeys: String, CodingKey {
            case type, tensors, bytes
            case heldAs = "held_as"
        }

        init(_ elementType: ElementType, _ members: [CheckpointTensor]) {
            type = elementType.rawValue
            tensors = members.count
            bytes = members.reduce(0) { $0 + $1.byteCount }
            heldAs = ModelDType.auto.storage(of: elementType)?.description
        }

        /// What to know about running it, where that is not plain from the type.
        var remark: String? {
            guard let elementType = ElementType(rawValue: type) else { return nil }
            if elementType == .q5_0, let heldAs { return "held as \(heldAs), the same numbers" }
            if heldAs != nil { return nil }
            return ModelDType.bfloat16.storage(of: elementType) == nil
                ? "cannot be loaded" : "no kernel; --dtype bfloat16 or float32 expands it"
        }

        func encode(to encoder: any Encoder) throws {
            var fields = encoder.container(keyedBy: CodingKeys.self)
            try fields.encode(type, forKey: .type)
            try fields.encode(tensors, forKey: .tensors)
            try fields.encode(bytes, forKey: .bytes)
            // A null says more than a field that is not there.
            try fields.encode(heldAs, forKey: .heldAs)
        }
    }

    let path: String
    let format: CheckpointFormat
    let files: [String]
    let tensors: [CheckpointTensor]
    /// The configuration, or why there is none that can run.
    let configuration: Result<ModelConfiguration, CheckpointError>
    /// The tokenizer, or why there is none.
    let tokenizer: Result<any Tokenizer, any Error>
    /// Keys of a GGUF file's metadata.
    let metadataKeys: [String]

    /// - Throws: `CheckpointError` when the files themselves cannot be read.
    init(path: String) throws(CheckpointError) {
        let inventory = try CheckpointInventory.open(path)
        self.path = path
        format = inventory.format
        files = inventory.filePaths
        tensors = inventory.tensors
        metadataKeys = inventory.metadata?.keys ?? []
        configuration = Result { () throws(CheckpointError) in try Checkpoint.open(path).configuration }
        tokenizer = Result { try TokenizerLoader.load(path: path) }
    }

    var byteCount: Int { tensors.reduce(0) { $0 + $1.byteCount } }
    var parameterCount: Int { tensors.reduce(0) { $0 + $1.elementCount } }

    /// Largest first.
    var typeTotals: [TypeTotal] {
        let groups = Dictionary(grouping: tensors, by: \.elementType)
        let totals = groups.map { TypeTotal($0, $1) }
        return totals.sorted { ($1.bytes, $0.type) < ($0.bytes, $1.type) }
    }
}
