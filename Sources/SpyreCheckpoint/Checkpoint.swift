/// An opened model: named weights in a mapped file, and one configuration whatever the file format.
///
/// Nothing is copied: `withBytes` gives the mapped bytes in the file's own encoding. Everything about the file was
/// checked before `open` returned, so that the sizes and shapes here can be trusted. Immutable, usable from any thread.
/// The files stay mapped as long as the object lives. See `MappedFile` for what happens when another process shortens a
/// file meanwhile.
public final class Checkpoint: Sendable {
    /// The path that was opened.
    public var path: String { inventory.path }
    public var format: CheckpointFormat { inventory.format }
    public let configuration: ModelConfiguration
    /// The weights that the configuration asks for, exactly, by canonical (FMS) name:
    /// `base_model.embedding.weight`, `base_model.layers.N.attn.in_proj.query.weight`, … A tied head is absent.
    public let tensors: [String: CheckpointTensor]
    /// Everything in the file or files under its own name, in file order.
    public var sourceTensors: [CheckpointTensor] { inventory.tensors }
    /// GGUF key/values; nil for safetensors.
    public var metadata: GGUFMetadata? { inventory.metadata }
    /// The Hugging Face directory, which also holds tokenizer.json and its companions; nil for GGUF.
    public var directory: String? { inventory.directory }

    private let inventory: CheckpointInventory

    init(
        _ inventory: CheckpointInventory, configuration: ModelConfiguration, tensors: [String: CheckpointTensor]
    ) {
        self.inventory = inventory
        self.configuration = configuration
        self.tensors = tensors
    }

    /// Opens a Hugging Face directory (config.json, *.safetensors) or a .gguf file.
    ///
    /// - Throws: a `CheckpointError` whose description is one line; the file is then closed again.
    public static func open(_ path: String) throws(CheckpointError) -> Checkpoint {
        let inventory = try CheckpointInventory.open(path)
        let (configuration, names) = try inventory.readConfiguration()
        let tensors = try CanonicalTensors.map(
            inventory.tensors, names: names, configuration: configuration, file: path)
        return Checkpoint(inventory, configuration: configuration, tensors: tensors)
    }

    /// Gives the mapped bytes of a tensor of this checkpoint (canonical or source), alive for the call only.
    ///
    /// The address need not be aligned to the element size: read with `loadUnaligned`.
    /// - Precondition: `tensor` comes from this checkpoint.
    public func withBytes<R, E: Error>(
        of tensor: CheckpointTensor, _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        try inventory.withBytes(of: tensor, body)
    }
}
