extension Checkpoint {
    /// All elements of a tensor as binary32, row-major. Allocates four bytes an element.
    public func floats(of tensor: CheckpointTensor) throws(CheckpointError) -> [Float] {
        try floats(of: tensor, rows: 0..<tensor.rowCount)
    }

    /// Some rows of a tensor as binary32; a row is `columnCount` elements.
    ///
    /// - Throws: `invalidConversion` when the rows are outside the tensor, end inside a block, or are of a type that
    ///   `Dequantizer` does not convert.
    public func floats(of tensor: CheckpointTensor, rows: Range<Int>) throws(CheckpointError) -> [Float] {
        guard rows.lowerBound >= 0, rows.upperBound <= tensor.rowCount else {
            throw .invalidConversion(
                tensor: tensor.name, reason: "rows \(rows) are outside 0..<\(tensor.rowCount)")
        }
        let count = rows.count * tensor.columnCount
        guard let start = tensor.elementType.byteCount(elements: rows.lowerBound * tensor.columnCount),
            let byteCount = tensor.elementType.byteCount(elements: count)
        else {
            throw .invalidConversion(tensor: tensor.name, reason: "rows \(rows) do not end on whole blocks")
        }
        return try withBytes(of: tensor) { bytes throws(CheckpointError) in
            let part = UnsafeRawBufferPointer(rebasing: bytes[start..<(start + byteCount)])
            var failure: CheckpointError?
            let values = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
                buffer.initialize(repeating: 0)
                initialized = count
                let output = UnsafeMutableBufferPointer(rebasing: buffer[..<count])
                do throws(CheckpointError) {
                    try Dequantizer.dequantize(part, as: tensor.elementType, into: output, tensor: tensor.name)
                } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
            return values
        }
    }
}
