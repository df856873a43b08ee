import SpyreCheckpoint
import SpyreTokenizer

/// Makes the tokenizer that belongs to a model.
public enum TokenizerLoader {
    /// The tokenizer of an opened checkpoint: tokenizer.json of its directory, or the metadata of its GGUF file.
    ///
    /// - Throws: `TokenizerError`, or `CheckpointError` for metadata of the wrong type.
    public static func load(_ checkpoint: Checkpoint) throws -> any Tokenizer {
        try load(directory: checkpoint.directory, metadata: checkpoint.metadata, path: checkpoint.path)
    }

    /// The tokenizer of a model's directory or .gguf file. Weights are not looked at, and a directory needs none.
    public static func load(path: String) throws -> any Tokenizer {
        if FileKind(path) == .directory { return try BPETokenizer(directory: path) }
        let inventory = try CheckpointInventory.open(path)
        return try load(directory: inventory.directory, metadata: inventory.metadata, path: path)
    }

    private static func load(
        directory: String?, metadata: GGUFMetadata?, path: String
    ) throws -> any Tokenizer {
        if let directory { return try BPETokenizer(directory: directory) }
        guard let metadata else {
            throw TokenizerError.unreadable(source: path, reason: "it has no tokenizer")
        }
        return try BPETokenizer(definition: GGUFTokenizer(metadata: metadata, source: path).definition())
    }
}
