/// One named tensor of a checkpoint: its type, its shape and where its bytes are.
public struct CheckpointTensor: Sendable, Hashable {
    /// The canonical name in `Checkpoint.tensors`, the file's own name in `Checkpoint.sourceTensors`.
    public let name: String
    public let elementType: ElementType
    /// Row-major, outermost dimension first: the weight of a Linear is [out, in]. Empty for a scalar.
    public let shape: [Int]
    /// Bytes of the whole tensor, in the file's own encoding.
    public let byteCount: Int
    /// Which of the checkpoint's files holds the bytes.
    let fileIndex: Int
    /// First byte, from the start of that file. Not necessarily aligned to the element size (safetensors).
    let fileOffset: Int

    /// Number of elements. Checked for overflow when the file was opened.
    public var elementCount: Int { shape.reduce(1, *) }

    /// Elements of the innermost dimension (1 for a scalar).
    public var columnCount: Int { shape.last ?? 1 }

    /// Product of all dimensions but the innermost.
    public var rowCount: Int { shape.dropLast().reduce(1, *) }

    /// The same bytes under another name.
    func renamed(_ name: String) -> CheckpointTensor {
        CheckpointTensor(
            name: name, elementType: elementType, shape: shape, byteCount: byteCount,
            fileIndex: fileIndex, fileOffset: fileOffset)
    }

    /// A view of one of `parts` equal row ranges, or nil when the rows do not divide or do not end on blocks.
    func rowPart(_ part: Int, of parts: Int, name: String) -> CheckpointTensor? {
        guard parts > 0, (0..<parts).contains(part), let rows = shape.first, rows.isMultiple(of: parts),
            byteCount.isMultiple(of: parts)
        else { return nil }
        let partBytes = byteCount / parts
        guard partBytes.isMultiple(of: elementType.bytesPerBlock) else { return nil }
        return CheckpointTensor(
            name: name, elementType: elementType, shape: [rows / parts] + shape.dropFirst(), byteCount: partBytes,
            fileIndex: fileIndex, fileOffset: fileOffset + part * partBytes)
    }
}
