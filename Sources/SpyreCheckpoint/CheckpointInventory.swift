/// What a checkpoint holds, for any model type: tensors and metadata, checked against the files' sizes.
///
/// `Checkpoint.open` goes on from here to a configuration and canonical names and refuses what it does not know;
/// a tool that only lists the content (`spyre inspect`) can stop here.
public struct CheckpointInventory: Sendable {
    public let path: String
    public let format: CheckpointFormat
    /// Names of the files that hold tensors, full paths.
    public var filePaths: [String] { files.map(\.path) }
    /// All tensors under the file's own names, in file order.
    public let tensors: [CheckpointTensor]
    /// GGUF key/values; nil for safetensors.
    public let metadata: GGUFMetadata?
    /// The Hugging Face directory; nil for GGUF.
    public let directory: String?

    let files: [MappedFile]

    /// Maps the files and checks their headers. Does not look at config.json.
    public static func open(_ path: String) throws(CheckpointError) -> CheckpointInventory {
        guard !path.isEmpty, !path.utf8.contains(0) else { throw .notFound(path: path) }
        switch try FileStatus(path: path) {
        case .missing: throw .notFound(path: path)
        case .other: throw .notAFile(path: path)
        case .regular: return try openFile(path)
        case .directory: return try openDirectory(path)
        }
    }

    /// A file is GGUF by its first four bytes, whatever its name.
    private static func openFile(_ path: String) throws(CheckpointError) -> CheckpointInventory {
        let file = try MappedFile(path: path)
        let magic = file.withBytes { bytes in bytes.prefix(4).elementsEqual("GGUF".utf8) }
        guard magic else {
            if path.hasSuffix(".safetensors") { throw .directoryExpected(path: path) }
            if path.hasSuffix(".gguf") { throw .notGGUF(file: path) }
            throw .unknownFormat(path: path)
        }
        let content = try GGUFFile(file)
        return CheckpointInventory(
            path: path, format: .gguf, tensors: content.tensors, metadata: content.metadata, directory: nil,
            files: [file])
    }

    private static func openDirectory(_ path: String) throws(CheckpointError) -> CheckpointInventory {
        let content = try SafetensorsDirectory.open(path)
        return CheckpointInventory(
            path: path, format: .safetensors, tensors: content.tensors, metadata: nil, directory: path,
            files: content.files)
    }

    /// Gives the mapped bytes of a tensor of this inventory, alive for the call only, at any alignment.
    ///
    /// - Precondition: `tensor` comes from this inventory or from the `Checkpoint` of the same files.
    public func withBytes<R, E: Error>(
        of tensor: CheckpointTensor, _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        let range = tensor.fileOffset..<(tensor.fileOffset + tensor.byteCount)
        guard files.indices.contains(tensor.fileIndex),
            let result = try files[tensor.fileIndex].withBytes(in: range, body)
        else { preconditionFailure("tensor '\(tensor.name)' belongs to another checkpoint") }
        return result
    }

    private init(
        path: String, format: CheckpointFormat, tensors: [CheckpointTensor], metadata: GGUFMetadata?,
        directory: String?, files: [MappedFile]
    ) {
        self.path = path
        self.format = format
        self.tensors = tensors
        self.metadata = metadata
        self.directory = directory
        self.files = files
    }
}
