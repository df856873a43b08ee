/// Turns one pre-token into ids. Holds working memory, so it belongs to one thread at a time.
///
/// Merging follows Sennrich et al., "Neural Machine Translation of Rare Words with Subword Units" (2016): the pair with
/// the lowest rank first, the leftmost of equals first. A heap of candidates over a linked list of symbols makes it
/// O(n log n) for a pre-token of n bytes.
struct WordEncoder {
    /// What is known about taking a token whole when a pre-token is exactly that token.
    private enum Whole {
        static let unknown: UInt8 = 0
        static let yes: UInt8 = 1
        static let no: UInt8 = 2
    }

    private struct Symbol {
        var token: Int32
        var previous: Int32
        /// Index of the next symbol, or -1.
        var next: Int32
        /// False once it has been merged into its left neighbour.
        var alive: Bool
    }

    private let model: BPEModel
    /// By id: most pre-tokens of real text are one token, and merging it once is enough to know.
    private var whole: [UInt8]
    private var symbols: [Symbol] = []
    private var heap = MergeHeap()

    init(model: BPEModel) {
        self.model = model
        whole = Array(repeating: Whole.unknown, count: model.vocabulary.idCount)
    }

    /// Appends the ids of the pre-token `bytes`, of fewer than 2^31 bytes, to `output`.
    mutating func encode(_ bytes: UnsafeBufferPointer<UInt8>, into output: inout [Int]) {
        guard !bytes.isEmpty else { return }
        guard let id = model.vocabulary.spelledID(bytes) else {
            merge(bytes)
            emit(into: &output)
            return
        }
        let index = Int(id)
        if model.ignoreMerges || whole[index] == Whole.yes {
            output.append(index)
            return
        }
        merge(bytes)
        if whole[index] == Whole.unknown {
            let isWhole = symbols.first.map { $0.next < 0 && $0.token == id } ?? false
            whole[index] = isWhole ? Whole.yes : Whole.no
        }
        emit(into: &output)
    }

    private func emit(into output: inout [Int]) {
        var index = symbols.isEmpty ? -1 : 0
        while index >= 0 {
            output.append(Int(symbols[index].token))
            index = Int(symbols[index].next)
        }
    }

    private mutating func merge(_ bytes: UnsafeBufferPointer<UInt8>) {
        loadSymbols(bytes)
        heap.removeAll()
        if symbols.count > 1 {
            for index in 0..<(symbols.count - 1) { pushPair(index, index + 1) }
        }
        while let candidate = heap.pop() { apply(candidate) }
    }

    private mutating func loadSymbols(_ bytes: UnsafeBufferPointer<UInt8>) {
        symbols.removeAll(keepingCapacity: true)
        var lastIsUnknown = false
        for byte in bytes {
            let id = model.vocabulary.byteIDs[Int(byte)]
            if id >= 0 {
                append(id)
                lastIsUnknown = false
            } else if let unknown = model.unknownID {
                if !(lastIsUnknown && model.fuseUnknown) { append(unknown) }
                lastIsUnknown = true
            }
        }
        if !symbols.isEmpty { symbols[symbols.count - 1].next = -1 }
    }

    private mutating func append(_ id: Int32) {
        let index = Int32(truncatingIfNeeded: symbols.count)
        symbols.append(Symbol(token: id, previous: index - 1, next: index + 1, alive: true))
    }

    private mutating func pushPair(_ left: Int, _ right: Int) {
        if let merge = model.merges.merge(symbols[left].token, symbols[right].token) {
            heap.push(rank: merge.rank, position: left, token: merge.token)
        }
    }

    /// Joins the symbol at the candidate's position with its right neighbour, unless either has changed since and the
    /// pair no longer makes the candidate's token. (Only the token is compared, as in Hugging Face `tokenizers`.)
    private mutating func apply(_ candidate: MergeHeap.Candidate) {
        let left = candidate.position
        let right = Int(symbols[left].next)
        guard symbols[left].alive, right >= 0 else { return }
        guard let merge = model.merges.merge(symbols[left].token, symbols[right].token),
            merge.token == candidate.token
        else { return }
        let after = symbols[right].next
        symbols[right].alive = false
        symbols[left].token = candidate.token
        symbols[left].next = after
        if after >= 0 { symbols[Int(after)].previous = Int32(truncatingIfNeeded: left) }
        let before = Int(symbols[left].previous)
        if before >= 0 { pushPair(before, left) }
        if after >= 0 { pushPair(left, Int(after)) }
    }
}
