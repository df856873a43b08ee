/// The work of one step: flat token rows of one or more sequences, in vLLM's paged form (Kwon et al. 2023).
///
/// Rows of one sequence are neighbours. Sequence `s` owns rows `queryStarts[s] ..< queryStarts[s + 1]`, and its last
/// row is the token at position `contextLengths[s] - 1`; the tokens before its first row are in the KV cache already.
public struct ForwardBatch: Sendable, Equatable {
    /// `[rows]`
    public var tokenIDs: [Int32]
    /// `[rows]`, index of each token in its sequence.
    public var positions: [Int32]
    /// `[rows]`, where each token's key and value go: block * 64 + offset.
    public var slots: [Int32]
    /// `[sequences + 1]`, from 0 to the number of rows.
    public var queryStarts: [Int32]
    /// `[sequences]`, tokens of each sequence including this step's.
    public var contextLengths: [Int32]
    /// `[sequences]`, the blocks of each sequence in order. Block 0 is the padding block and belongs to nobody.
    public var blockTables: [[Int32]]
    /// Rows whose logits are wanted.
    public var logitRows: [Int32]
    /// Blocks that are copied before any row is run, one after the other.
    public var blockCopies: [KVBlockCopy]

    public init(
        tokenIDs: [Int32] = [], positions: [Int32] = [], slots: [Int32] = [], queryStarts: [Int32] = [0],
        contextLengths: [Int32] = [], blockTables: [[Int32]] = [], logitRows: [Int32] = [],
        blockCopies: [KVBlockCopy] = []
    ) {
        self.tokenIDs = tokenIDs
        self.positions = positions
        self.slots = slots
        self.queryStarts = queryStarts
        self.contextLengths = contextLengths
        self.blockTables = blockTables
        self.logitRows = logitRows
        self.blockCopies = blockCopies
    }

    public var rowCount: Int { tokenIDs.count }
    public var sequenceCount: Int { contextLengths.count }
}
