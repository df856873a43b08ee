/// One tensor's entry in a GGUF header.
struct GGUFTensorEntry {
    let name: String
    let elementType: ElementType
    /// Outermost first.
    let shape: [Int]
    let byteCount: Int
    /// From the start of the tensor data; not yet checked.
    let offset: UInt64

    init(_ reader: inout GGUFReader) throws(CheckpointError) {
        let file = reader.file
        name = try Self.readName(&reader)
        let rank = try reader.integer(UInt32.self, "the rank of '\(name)'")
        guard rank <= Limits.ggufDimensions else {
            throw .tooManyDimensions(file: file, tensor: name, count: UInt64(rank), limit: Limits.ggufDimensions)
        }
        var dimensions: [Int] = []
        for _ in 0..<rank {
            let size = try reader.integer(Int64.self, "the dimensions of '\(name)'")
            guard size > 0 else { throw .invalidDimension(file: file, tensor: name, dimension: Int(size)) }
            dimensions.append(Int(size))
        }
        shape = dimensions.reversed()

        let number = try reader.integer(UInt32.self, "the type of '\(name)'")
        guard let type = ElementType(ggufNumber: number) else {
            throw .unknownElementType(file: file, tensor: name, type: "\(number)")
        }
        elementType = type
        offset = try reader.integer(UInt64.self, "the offset of '\(name)'")

        guard let elements = TensorShape.elementCount(shape) else { throw .tensorTooLarge(file: file, tensor: name) }
        let columns = dimensions.first ?? 1
        guard columns.isMultiple(of: type.blockLength) else {
            throw .partialBlock(file: file, tensor: name, elements: columns, block: type.blockLength)
        }
        guard let bytes = type.byteCount(elements: elements) else { throw .tensorTooLarge(file: file, tensor: name) }
        byteCount = bytes
    }

    private static func readName(_ reader: inout GGUFReader) throws(CheckpointError) -> String {
        // A longer name is read (it has to fit in the file) so that the error can show it.
        let bytes = try reader.stringBytes("a tensor name", limit: Limits.ggufKeyBytes)
        guard let name = String(validating: bytes, as: UTF8.self) else {
            throw .invalidUTF8(file: reader.file, what: "a tensor name")
        }
        try TensorName.check(name, file: reader.file, limit: Limits.ggufTensorNameBytes)
        return name
    }

    func tensor(fileOffset: Int) -> CheckpointTensor {
        CheckpointTensor(
            name: name, elementType: elementType, shape: shape, byteCount: byteCount,
            fileIndex: 0, fileOffset: fileOffset)
    }
}
