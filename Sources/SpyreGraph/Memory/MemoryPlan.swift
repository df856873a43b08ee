/// Where the values of a graph lie in one block of workspace memory; values that are never needed at the same time
/// share bytes.
public struct MemoryPlan: Sendable {
    /// Where a value starts.
    public struct Location: Equatable, Sendable {
        /// Bytes from the start of the workspace, or of the input when `input` is set.
        public var offset: Int
        /// Elements from one row to the next.
        public var stride: Int
        /// The external input that holds the value.
        public var input: Value?
    }

    public private(set) var locations: [Value: Location] = [:]
    /// Size of the workspace.
    public private(set) var byteCount = 0

    /// Bytes that would be needed if nothing were shared, for reports and tests.
    public private(set) var unsharedByteCount = 0

    static let alignment = 128

    public init(_ graph: Graph, maximum: LaunchShape) throws(GraphError) {
        let owners = try StorageOwners(graph)
        var placed: [StorageBlock] = []
        // Largest first: small values then fill the gaps (greedy by size, Pisarchyk and Lee 2020).
        let blocks = try owners.blocks(of: graph, maximum: maximum)
            .sorted { ($1.byteCount, $0.firstUse) < ($0.byteCount, $1.firstUse) }
        for var block in blocks {
            block.offset = Self.firstFit(block, among: placed)
            placed.append(block)
            byteCount = max(byteCount, block.offset + block.byteCount)
            unsharedByteCount += block.byteCount
        }
        let offsets = Dictionary(uniqueKeysWithValues: placed.map { ($0.owner, $0) })
        for (value, storage) in owners.storage {
            if let block = offsets[storage.owner] {
                locations[value] = Location(offset: block.offset + 4 * storage.column, stride: block.stride)
            } else if let type = owners.inputs[storage.owner] {
                locations[value] = Location(offset: 4 * storage.column, stride: type.columns, input: storage.owner)
            }
        }
    }

    /// Lowest offset at which the block overlaps none that is alive at the same time.
    private static func firstFit(_ block: StorageBlock, among placed: [StorageBlock]) -> Int {
        var offset = 0
        for other in placed.filter({ $0.isAlive(with: block) }).sorted(by: { $0.offset < $1.offset }) {
            if offset + block.byteCount <= other.offset { break }
            offset = max(offset, other.offset + other.byteCount)
        }
        return offset
    }
}
