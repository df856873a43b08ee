/// One GGUF file: its metadata and its tensors, checked against the file's size.
struct GGUFFile {
    let metadata: GGUFMetadata
    /// In file order; shapes outermost first (GGUF stores them innermost first).
    let tensors: [CheckpointTensor]

    /// Alignment of tensor data when general.alignment is absent.
    static let defaultAlignment = 32

    init(_ file: MappedFile) throws(CheckpointError) {
        (metadata, tensors) = try file.withBytes { bytes throws(CheckpointError) in
            var reader = GGUFReader(bytes, file: file.path)
            let counts = try reader.preamble()
            let metadata = try GGUFMetadata(&reader, count: counts.entries, file: file)
            try Self.checkNotSplit(metadata)
            let alignment = try Self.alignment(metadata)
            var entries: [GGUFTensorEntry] = []
            var names: Set<String> = []
            for _ in 0..<counts.tensors {
                let entry = try GGUFTensorEntry(&reader)
                guard names.insert(entry.name).inserted else {
                    throw .duplicateTensor(file: reader.file, tensor: entry.name)
                }
                entries.append(entry)
            }
            let tensors = try Self.layOut(
                entries, file: reader.file, headerEnd: reader.position, fileCount: bytes.count, alignment: alignment)
            return (metadata, tensors)
        }
    }

    private static func checkNotSplit(_ metadata: GGUFMetadata) throws(CheckpointError) {
        if let parts = try metadata.integer("split.count"), parts > 1 {
            throw .splitFile(file: metadata.file.path, parts: parts)
        }
    }

    private static func alignment(_ metadata: GGUFMetadata) throws(CheckpointError) -> Int {
        let key = "general.alignment"
        guard let type = metadata.type(of: key) else { return defaultAlignment }
        guard type == .uint32, let value = try metadata.integer(key) else {
            throw .invalidAlignment(file: metadata.file.path, found: "type \(type)")
        }
        guard value > 0, value & (value - 1) == 0 else {
            throw .invalidAlignment(file: metadata.file.path, found: "\(value)")
        }
        return value
    }

    /// Checks that the tensors follow each other in file order, each padded to the alignment, and end with the file.
    /// The padding after the last one may be absent.
    private static func layOut(
        _ entries: [GGUFTensorEntry], file: String, headerEnd: Int, fileCount: Int, alignment: Int
    ) throws(CheckpointError) -> [CheckpointTensor] {
        guard !entries.isEmpty else {
            let padding = min(aligned(headerEnd, to: alignment), fileCount)
            guard padding == fileCount else { throw .trailingBytes(file: file, count: fileCount - padding) }
            return []
        }
        let dataStart = aligned(headerEnd, to: alignment)
        guard dataStart <= fileCount else {
            throw .truncatedHeader(
                file: file, what: "the padding before the tensor data", needed: UInt64(dataStart - headerEnd),
                available: fileCount - headerEnd)
        }
        let available = fileCount - dataStart
        var tensors: [CheckpointTensor] = []
        var expected = 0
        var end = 0
        for entry in entries {
            guard entry.offset >= expected else {
                throw .overlappingTensors(
                    file: file, tensor: entry.name, offset: entry.offset, expected: UInt64(expected))
            }
            guard entry.offset == expected else {
                throw .holeBeforeTensor(
                    file: file, tensor: entry.name, offset: entry.offset, expected: UInt64(expected))
            }
            let (sum, overflow) = expected.addingReportingOverflow(entry.byteCount)
            guard !overflow, sum <= available else {
                throw .tensorOutOfBounds(
                    file: file, tensor: entry.name, end: UInt64(expected) + UInt64(entry.byteCount),
                    available: available)
            }
            tensors.append(entry.tensor(fileOffset: dataStart + expected))
            end = sum
            expected = aligned(sum, to: alignment)
        }
        guard expected >= available else { throw .trailingBytes(file: file, count: available - end) }
        return tensors
    }

    /// The next multiple of `alignment` (a power of two up to 2^31); `offset` is at most a file's size, so that the
    /// sum cannot overflow.
    private static func aligned(_ offset: Int, to alignment: Int) -> Int {
        (offset + alignment - 1) & ~(alignment - 1)
    }
}
