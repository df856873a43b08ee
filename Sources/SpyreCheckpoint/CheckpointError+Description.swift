extension CheckpointError: CustomStringConvertible {
    /// One line for a terminal or a log.
    public var description: String {
        fileDescription ?? textDescription ?? tensorDescription ?? ggufDescription ?? modelDescription
            ?? "the checkpoint cannot be used"
    }

    private var fileDescription: String? {
        switch self {
        case .notFound(let path):
            "\(shown(path)): no such file or directory; check the path of the model"
        case .notReadable(let path, let reason):
            "\(shown(path)): cannot be read: \(shown(reason))"
        case .symbolicLinkLoop(let path):
            "\(shown(path)): its symbolic links form a loop; fetch the file again"
        case .notAFile(let path):
            "\(shown(path)): is not a regular file"
        case .emptyFile(let path):
            "\(shown(path)): is empty; fetch the file again"
        case .fileTooLarge(let path, let bytes, let limit):
            "\(shown(path)): has \(bytes) bytes, the limit for this file is \(limit)"
        case .unknownFormat(let path):
            "\(shown(path)): is not a model; give a .gguf file or a directory with config.json and *.safetensors"
        case .directoryExpected(let path):
            "\(shown(path)): is only the weights; give the directory that holds it together with config.json"
        case .missingConfiguration(let directory):
            "\(shown(directory)): has no config.json; give a Hugging Face model directory or a .gguf file"
        case .noWeights(let directory, let hint):
            "\(shown(directory)): has no *.safetensors file; \(shown(hint))"
        case .missingIndex(let directory, let files):
            "\(shown(directory)): has \(files) *.safetensors files but no model.safetensors.index.json; add the index"
        default: nil
        }
    }

    private var textDescription: String? {
        switch self {
        case .invalidJSON(let file, let offset, let reason):
            "\(shown(file)): invalid JSON at byte \(offset): \(reason)"
        case .jsonTooDeep(let file, let limit):
            "\(shown(file)): JSON is nested deeper than \(limit) levels"
        case .jsonTooLarge(let file, let limit):
            "\(shown(file)): JSON has more than \(limit) values"
        case .duplicateKey(let file, let key):
            "\(shown(file)): key \(quoted(key)) appears twice"
        case .headerTooLong(let file, let length, let limit):
            "\(shown(file)): safetensors header of \(length) bytes is above the limit of \(limit)"
        case .headerNotAnObject(let file):
            "\(shown(file)): safetensors header does not start with '{'; is this a safetensors file?"
        case .invalidTensorEntry(let file, let tensor, let reason):
            "\(shown(file)): header entry of tensor \(quoted(tensor)): \(reason)"
        case .invalidMetadata(let file, let reason):
            "\(shown(file)): __metadata__ of the safetensors header: \(reason)"
        case .reversedOffsets(let file, let tensor):
            "\(shown(file)): tensor \(quoted(tensor)): data_offsets end before they begin"
        case .sizeMismatch(let file, let tensor, let declared, let expected):
            "\(shown(file)): tensor \(quoted(tensor)): data_offsets span \(declared) bytes, "
                + "its shape and type need \(expected)"
        case .invalidIndex(let file, let reason):
            "\(shown(file)): \(reason)"
        case .unsafeShardName(let file, let shard):
            "\(shown(file)): shard \(quoted(shard)) is not a plain *.safetensors file name in the same directory"
        case .tooManyShards(let file, let count, let limit):
            "\(shown(file)): names \(count) shards, the limit is \(limit)"
        case .missingShard(let file, let shard):
            "\(shown(file)): shard \(quoted(shard)) is missing; fetch it into the same directory"
        case .tensorNotInShard(let file, let tensor, let shard):
            "\(shown(file)): tensor \(quoted(tensor)) should be in \(quoted(shard)) but is not"
        case .tensorNotInIndex(let file, let tensor, let shard):
            "\(shown(file)): tensor \(quoted(tensor)) is in \(quoted(shard)) but the index does not say so"
        default: nil
        }
    }

    private var tensorDescription: String? {
        switch self {
        case .truncatedHeader(let file, let what, let needed, let available):
            "\(shown(file)): ends inside \(shown(what)): \(needed) bytes needed, \(available) left; "
                + "fetch the file again"
        case .tooManyTensors(let file, let count, let limit):
            "\(shown(file)): declares \(count) tensors, at most \(limit) are possible here"
        case .invalidTensorName(let file, let name, let reason):
            "\(shown(file)): tensor name \(quoted(name)) \(reason)"
        case .duplicateTensor(let file, let tensor):
            "\(shown(file)): tensor \(quoted(tensor)) appears twice"
        case .unknownElementType(let file, let tensor, let type):
            "\(shown(file)): tensor \(quoted(tensor)) has unknown element type \(quoted(type))"
        case .tooManyDimensions(let file, let tensor, let count, let limit):
            "\(shown(file)): tensor \(quoted(tensor)) has \(count) dimensions, the limit is \(limit)"
        case .invalidDimension(let file, let tensor, let dimension):
            "\(shown(file)): tensor \(quoted(tensor)): dimension \(dimension) is not a valid size"
        case .tensorTooLarge(let file, let tensor):
            "\(shown(file)): tensor \(quoted(tensor)): its size does not fit in 63 bits"
        case .partialBlock(let file, let tensor, let elements, let block):
            "\(shown(file)): tensor \(quoted(tensor)): \(elements) elements are not a multiple of the block of \(block)"
        case .tensorOutOfBounds(let file, let tensor, let end, let available):
            "\(shown(file)): tensor \(quoted(tensor)) ends at byte \(end) of the data, which has \(available); "
                + "fetch the file again"
        case .overlappingTensors(let file, let tensor, let offset, let expected):
            "\(shown(file)): tensor \(quoted(tensor)) begins at \(offset), before the previous one ends at \(expected)"
        case .holeBeforeTensor(let file, let tensor, let offset, let expected):
            "\(shown(file)): tensor \(quoted(tensor)) begins at \(offset) instead of \(expected)"
        case .trailingBytes(let file, let count):
            "\(shown(file)): \(count) bytes after the last tensor belong to nothing"
        default: nil
        }
    }

    private var ggufDescription: String? {
        switch self {
        case .notGGUF(let file):
            "\(shown(file)): is not a GGUF file"
        case .bigEndianFile(let file):
            "\(shown(file)): is a big-endian GGUF file; convert it to little-endian"
        case .unsupportedVersion(let file, let version):
            "\(shown(file)): GGUF version \(version) is not supported (2 and 3 are); convert the model again"
        case .splitFile(let file, let parts):
            "\(shown(file)): is one of \(parts) parts; merge them into one GGUF file first"
        case .tooManyMetadataEntries(let file, let count, let limit):
            "\(shown(file)): declares \(count) metadata entries, at most \(limit) are possible here"
        case .invalidMetadataKey(let file, let key, let reason):
            "\(shown(file)): metadata key \(quoted(key)) \(reason)"
        case .unknownMetadataType(let file, let key, let type):
            "\(shown(file)): metadata \(quoted(key)) has unknown value type \(type)"
        case .stringTooLong(let file, let what, let length, let available):
            "\(shown(file)): \(shown(what)): string of \(length) bytes, at most \(available) are possible here"
        case .arrayTooLong(let file, let key, let count, let limit):
            "\(shown(file)): metadata \(quoted(key)): array of \(count) elements, at most \(limit) are possible here"
        case .nestedArray(let file, let key):
            "\(shown(file)): metadata \(quoted(key)): arrays of arrays are not supported"
        case .invalidBoolean(let file, let key, let value):
            "\(shown(file)): metadata \(quoted(key)): boolean has the value \(value) instead of 0 or 1"
        case .invalidUTF8(let file, let what):
            "\(shown(file)): \(shown(what)) is not valid UTF-8"
        case .invalidAlignment(let file, let found):
            "\(shown(file)): general.alignment must be a power of two of type UINT32, found \(shown(found))"
        default: nil
        }
    }

    private var modelDescription: String? {
        switch self {
        case .unsupportedModel(let file, let model, let supported):
            "\(shown(file)): model type \(quoted(model)) is not supported; supported: "
                + supported.joined(separator: ", ")
        case .unsupportedFeature(let file, let field, let found, let supported):
            "\(shown(file)): \(shown(field)) = \(shown(found)) is not supported (supported: \(supported))"
        case .missingField(let file, let field):
            "\(shown(file)): \(shown(field)) is missing"
        case .wrongFieldType(let file, let field, let expected):
            "\(shown(file)): \(shown(field)) must be \(expected)"
        case .fieldOutOfRange(let file, let field, let value, let allowed):
            "\(shown(file)): \(shown(field)) = \(shown(value)) is out of range (\(allowed))"
        case .inconsistentFields(let file, let reason):
            "\(shown(file)): \(shown(reason))"
        case .missingTensor(let file, let tensor, let source):
            "\(shown(file)): weight \(tensor) is missing (expected as \(quoted(source)))"
        case .unexpectedTensor(let file, let tensor):
            "\(shown(file)): tensor \(quoted(tensor)) belongs to no weight of this model"
        case .wrongShape(let file, let tensor, let found, let expected):
            "\(shown(file)): tensor \(quoted(tensor)) has shape \(found), the configuration asks for \(expected)"
        case .unsupportedWeightType(let file, let tensor, let type):
            "\(shown(file)): tensor \(quoted(tensor)) has type \(type.rawValue); weights may be "
                + Dequantizer.supportedTypes.map(\.rawValue).joined(separator: ", ")
        case .invalidConversion(let tensor, let reason):
            "tensor \(quoted(tensor)): \(reason)"
        default: nil
        }
    }
}

/// Makes text from a file safe for one line: control characters are escaped, the middle of long text is left out.
private func shown(_ text: String, limit: Int = 400) -> String {
    var line = ""
    let scalars = text.unicodeScalars
    let count = scalars.count
    for (position, scalar) in scalars.enumerated() {
        if count > limit, position >= limit / 2, position < count - limit / 2 {
            if position == limit / 2 { line += "…" }
            continue
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
            line += "\\u{" + String(scalar.value, radix: 16) + "}"
        default:
            line.unicodeScalars.append(scalar)
        }
    }
    return line
}

private func quoted(_ text: String) -> String { "'" + shown(text, limit: 100) + "'" }
