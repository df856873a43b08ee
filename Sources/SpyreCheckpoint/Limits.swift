/// Upper bounds on what a file may declare. All are far above real models; they exist so that a hostile file can
/// neither make a product overflow nor make the reader allocate much.
enum Limits {
    /// Bytes of config.json and generation_config.json.
    static let configurationBytes = 4 << 20
    /// Bytes of model.safetensors.index.json.
    static let indexBytes = 32 << 20
    /// Bytes of a safetensors header (the limit of the format's own reader).
    static let safetensorsHeaderBytes = 100_000_000
    /// Nesting of JSON. Both formats need 3.
    static let jsonDepth = 64
    /// Values in a configuration file.
    static let jsonValues = 200_000
    /// Tensors in one checkpoint.
    static let tensors = 200_000
    /// Shards of one checkpoint.
    static let shards = 4096
    /// Bytes of a tensor name.
    static let tensorNameBytes = 512
    /// Dimensions of a safetensors tensor.
    static let safetensorsDimensions = 8
    /// Dimensions of a GGUF tensor (GGML_MAX_DIMS).
    static let ggufDimensions = 4
    /// Bytes of a GGUF tensor name (the specification's limit).
    static let ggufTensorNameBytes = 64
    /// Bytes of a GGUF key (the specification's limit).
    static let ggufKeyBytes = 65_535
    /// Entries of GGUF metadata.
    static let ggufEntries = 65_536
    /// Bytes of a GGUF string.
    static let ggufStringBytes = 1 << 30
    /// Elements of a GGUF array.
    static let ggufArrayElements = 1 << 26

    static let layers = 1...4096
    static let vocabulary = 1...(1 << 24)
    static let width = 1...(1 << 20)
    static let heads = 1...(1 << 14)
    static let headSize = 2...(1 << 14)
    static let positions = 1...(1 << 30)
    static let endTokens = 64
}
