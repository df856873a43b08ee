import SpyreCheckpoint
import SpyreEngine
import SpyreTokenizer

/// What `spyre inspect` finds out about a checkpoint.
struct InspectionReport {
    /// Tensors of one element type together.
    struct TypeTotal: Equatable, Encodable {
        let type: String
        let tensors: Int
        let bytes: Int
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
        let totals = groups.map { type, members in
            TypeTotal(type: type.rawValue, tensors: members.count, bytes: members.reduce(0) { $0 + $1.byteCount })
        }
        return totals.sorted { ($1.bytes, $0.type) < ($0.bytes, $1.type) }
    }
}
