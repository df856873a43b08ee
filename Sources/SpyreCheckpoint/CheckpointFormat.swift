/// The container that a checkpoint was read from.
public enum CheckpointFormat: String, Sendable, CaseIterable {
    /// A Hugging Face style directory: config.json and one or more *.safetensors files.
    case safetensors
    /// One GGUF file.
    case gguf
}
