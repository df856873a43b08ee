/// One tensor's entry in a safetensors header: type, shape and offsets agree with each other.
struct SafetensorsEntry {
    let name: String
    let elementType: ElementType
    let shape: [Int]
    /// From the start of the data; 0 ≤ begin ≤ end.
    let begin: Int
    let end: Int

    /// Reads `{"dtype": …, "shape": […], "data_offsets": [begin, end]}`; the cursor stands before the value.
    init(_ cursor: inout JSONCursor, name: String, file: String) throws(CheckpointError) {
        var fields = Fields(tensor: name, file: file)
        guard try cursor.peekKind() == .object else { throw fields.invalid("must be an object") }
        try cursor.readObject { cursor, key throws(CheckpointError) in try fields.read(key, &cursor) }
        guard let typeName = fields.typeName else { throw fields.invalid("dtype is missing") }
        guard let shape = fields.shape else { throw fields.invalid("shape is missing") }
        guard let offsets = fields.offsets else { throw fields.invalid("data_offsets is missing") }
        guard let elementType = ElementType(safetensorsName: typeName) else {
            throw .unknownElementType(file: file, tensor: name, type: typeName)
        }
        guard offsets.count == 2 else { throw fields.invalid("data_offsets must be two integers") }
        guard offsets[0] <= offsets[1] else { throw .reversedOffsets(file: file, tensor: name) }

        guard let elements = TensorShape.elementCount(shape) else { throw .tensorTooLarge(file: file, tensor: name) }
        guard elements.isMultiple(of: elementType.blockLength) else {
            throw .partialBlock(file: file, tensor: name, elements: elements, block: elementType.blockLength)
        }
        guard let size = elementType.byteCount(elements: elements) else {
            throw .tensorTooLarge(file: file, tensor: name)
        }
        guard offsets[1] - offsets[0] == size else {
            throw .sizeMismatch(
                file: file, tensor: name, declared: UInt64(offsets[1] - offsets[0]), expected: UInt64(size))
        }
        self.name = name
        self.elementType = elementType
        self.shape = shape
        self.begin = offsets[0]
        self.end = offsets[1]
    }

    func tensor(fileIndex: Int, dataStart: Int) -> CheckpointTensor {
        CheckpointTensor(
            name: name, elementType: elementType, shape: shape, byteCount: end - begin,
            fileIndex: fileIndex, fileOffset: dataStart + begin)
    }

    private struct Fields {
        let tensor: String
        let file: String
        var typeName: String?
        var shape: [Int]?
        var offsets: [Int]?

        mutating func read(_ key: String, _ cursor: inout JSONCursor) throws(CheckpointError) {
            switch key {
            case "dtype" where typeName == nil:
                guard try cursor.peekKind() == .string else { throw invalid("dtype must be a string") }
                typeName = try cursor.readString()
            case "shape" where shape == nil:
                shape = try readShape(&cursor)
            case "data_offsets" where offsets == nil:
                offsets = try readOffsets(&cursor)
            case "dtype", "shape", "data_offsets":
                throw .duplicateKey(file: file, key: key)
            default:
                throw invalid("has an unknown field")
            }
        }

        private func readShape(_ cursor: inout JSONCursor) throws(CheckpointError) -> [Int] {
            guard try cursor.peekKind() == .array else { throw invalid("shape must be an array of integers") }
            var shape: [Int] = []
            try cursor.readArray { cursor throws(CheckpointError) in
                guard try cursor.peekKind() == .number, case .integer(let size) = try cursor.readNumber() else {
                    throw invalid("shape must be an array of integers below 2^63")
                }
                guard size >= 0 else { throw .invalidDimension(file: file, tensor: tensor, dimension: size) }
                guard shape.count < Limits.safetensorsDimensions else {
                    throw .tooManyDimensions(
                        file: file, tensor: tensor, count: UInt64(shape.count) + 1,
                        limit: Limits.safetensorsDimensions)
                }
                shape.append(size)
            }
            return shape
        }

        private func readOffsets(_ cursor: inout JSONCursor) throws(CheckpointError) -> [Int] {
            guard try cursor.peekKind() == .array else { throw invalid("data_offsets must be two integers") }
            var offsets: [Int] = []
            try cursor.readArray { cursor throws(CheckpointError) in
                guard try cursor.peekKind() == .number, case .integer(let offset) = try cursor.readNumber(),
                    offset >= 0, offsets.count < 2
                else { throw invalid("data_offsets must be two integers from 0 to 2^63 - 1") }
                offsets.append(offset)
            }
            return offsets
        }

        func invalid(_ reason: String) -> CheckpointError {
            .invalidTensorEntry(file: file, tensor: tensor, reason: reason)
        }
    }
}
