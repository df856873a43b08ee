/// Why a checkpoint was refused.
///
/// Every class of fault has a case of its own, so that a caller (and a test) can tell them apart without reading text.
/// `description` is one line that names the file, says what is wrong there and, where a user can act, what to do.
/// Strings that come from the file are escaped and shortened before they are printed.
public enum CheckpointError: Error, Sendable, Equatable {
    // MARK: Files

    /// Nothing exists at this path.
    case notFound(path: String)
    /// The operating system refused to open, examine, read or map the file.
    case notReadable(path: String, reason: String)
    /// The path leads through symbolic links that form a loop.
    case symbolicLinkLoop(path: String)
    /// A regular file was expected; this is a directory, device, socket or pipe.
    case notAFile(path: String)
    /// The file has no bytes.
    case emptyFile(path: String)
    /// A file that has to be read whole (JSON) is larger than the limit.
    case fileTooLarge(path: String, bytes: Int, limit: Int)
    /// The file is neither GGUF nor a part of a Hugging Face directory.
    case unknownFormat(path: String)
    /// A safetensors file was given instead of the directory that holds it.
    case directoryExpected(path: String)
    /// The directory has no config.json.
    case missingConfiguration(directory: String)
    /// The directory has no *.safetensors file.
    case noWeights(directory: String, hint: String)
    /// The directory has several *.safetensors files and no index that says what belongs together.
    case missingIndex(directory: String, files: Int)

    // MARK: JSON (config.json, generation_config.json, the index, the safetensors header)

    /// Not RFC 8259 JSON; `offset` is in bytes from the start of the JSON text.
    case invalidJSON(file: String, offset: Int, reason: String)
    /// Arrays or objects are nested deeper than the limit.
    case jsonTooDeep(file: String, limit: Int)
    /// The text holds more values than the limit.
    case jsonTooLarge(file: String, limit: Int)
    /// An object (or the GGUF metadata) has the same key twice.
    case duplicateKey(file: String, key: String)

    // MARK: Any tensor directory

    /// The file ends inside its header.
    case truncatedHeader(file: String, what: String, needed: UInt64, available: Int)
    /// More tensors than the limit or than the file could hold.
    case tooManyTensors(file: String, count: UInt64, limit: Int)
    /// A tensor name is empty, too long, or has control characters.
    case invalidTensorName(file: String, name: String, reason: String)
    /// Two tensors have the same name.
    case duplicateTensor(file: String, tensor: String)
    /// The element type is not one that this format defines.
    case unknownElementType(file: String, tensor: String, type: String)
    /// More dimensions than the limit.
    case tooManyDimensions(file: String, tensor: String, count: UInt64, limit: Int)
    /// A dimension is negative, zero where that is not allowed, or not an integer.
    case invalidDimension(file: String, tensor: String, dimension: Int)
    /// The number of elements or bytes does not fit in 63 bits.
    case tensorTooLarge(file: String, tensor: String)
    /// Rows (GGUF) or the whole tensor (safetensors) are not a whole number of blocks.
    case partialBlock(file: String, tensor: String, elements: Int, block: Int)
    /// The tensor's bytes reach past the end of the file.
    case tensorOutOfBounds(file: String, tensor: String, end: UInt64, available: Int)
    /// The tensor begins before the previous one ends.
    case overlappingTensors(file: String, tensor: String, offset: UInt64, expected: UInt64)
    /// Bytes before this tensor belong to nothing.
    case holeBeforeTensor(file: String, tensor: String, offset: UInt64, expected: UInt64)
    /// Bytes after the last tensor belong to nothing.
    case trailingBytes(file: String, count: Int)

    // MARK: safetensors

    /// The declared header length is above the format's limit.
    case headerTooLong(file: String, length: UInt64, limit: Int)
    /// The header does not start with `{`.
    case headerNotAnObject(file: String)
    /// An entry of the header lacks a field or has one of a wrong type.
    case invalidTensorEntry(file: String, tensor: String, reason: String)
    /// `__metadata__` is not an object of strings.
    case invalidMetadata(file: String, reason: String)
    /// data_offsets end before they begin.
    case reversedOffsets(file: String, tensor: String)
    /// data_offsets span another number of bytes than shape and type say.
    case sizeMismatch(file: String, tensor: String, declared: UInt64, expected: UInt64)

    // MARK: Index of a sharded directory

    /// The index is valid JSON but not an index.
    case invalidIndex(file: String, reason: String)
    /// A shard name is not a plain file name (`../x`, `/etc/x`, `a/b`).
    case unsafeShardName(file: String, shard: String)
    /// The index names more shards than the limit.
    case tooManyShards(file: String, count: Int, limit: Int)
    /// A shard that the index names does not exist.
    case missingShard(file: String, shard: String)
    /// The index places a tensor in a shard that does not hold it.
    case tensorNotInShard(file: String, tensor: String, shard: String)
    /// A shard holds a tensor that the index does not place there.
    case tensorNotInIndex(file: String, tensor: String, shard: String)

    // MARK: GGUF

    /// The file does not begin with `GGUF`.
    case notGGUF(file: String)
    /// A big-endian file.
    case bigEndianFile(file: String)
    /// A version other than 2 and 3.
    case unsupportedVersion(file: String, version: UInt32)
    /// One part of a model that was split over several files.
    case splitFile(file: String, parts: Int)
    /// More metadata entries than the limit or than the file could hold.
    case tooManyMetadataEntries(file: String, count: UInt64, limit: Int)
    /// A metadata key is empty, too long, or not printable ASCII.
    case invalidMetadataKey(file: String, key: String, reason: String)
    /// A value type that GGUF does not define.
    case unknownMetadataType(file: String, key: String, type: UInt32)
    /// A string is longer than the limit or than the rest of the file.
    case stringTooLong(file: String, what: String, length: UInt64, available: Int)
    /// An array has more elements than the limit or than the rest of the file could hold.
    case arrayTooLong(file: String, key: String, count: UInt64, limit: Int)
    /// An array of arrays.
    case nestedArray(file: String, key: String)
    /// A boolean that is neither 0 nor 1.
    case invalidBoolean(file: String, key: String, value: UInt8)
    /// A string that is not UTF-8.
    case invalidUTF8(file: String, what: String)
    /// general.alignment is not a power of two of type UINT32.
    case invalidAlignment(file: String, found: String)

    // MARK: Configuration

    /// A model family that this build does not implement.
    case unsupportedModel(file: String, model: String, supported: [String])
    /// A setting of a supported family that this build does not implement (and would compute wrongly if ignored).
    case unsupportedFeature(file: String, field: String, found: String, supported: String)
    /// A field without a default is absent.
    case missingField(file: String, field: String)
    /// A field has another type than expected.
    case wrongFieldType(file: String, field: String, expected: String)
    /// A field is outside its bounds (NaN and infinities always are).
    case fieldOutOfRange(file: String, field: String, value: String, allowed: String)
    /// Two fields contradict each other.
    case inconsistentFields(file: String, reason: String)

    // MARK: Names, shapes, weights

    /// A weight that the configuration asks for is not in the checkpoint. `source` is its name there.
    case missingTensor(file: String, tensor: String, source: String)
    /// A tensor that belongs to no weight of this model.
    case unexpectedTensor(file: String, tensor: String)
    /// A weight's shape differs from what the configuration asks for.
    case wrongShape(file: String, tensor: String, found: [Int], expected: [Int])
    /// A weight is stored in a type that cannot be turned into numbers here.
    case unsupportedWeightType(file: String, tensor: String, type: ElementType)
    /// A buffer or row range does not fit the tensor that is to be converted.
    case invalidConversion(tensor: String, reason: String)
}
