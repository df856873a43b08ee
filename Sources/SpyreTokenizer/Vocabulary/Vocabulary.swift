/// All tokens of a byte-level tokenizer: ids, bytes, names.
///
/// Tokens are kept as the bytes they stand for, not in their printable spelling, so encoding never translates text.
struct Vocabulary: Sendable {
    /// Bytes of each entry, in order of arrival.
    var tokens: TokenArena
    /// Entry of each id, or -1 for an id that is not in use.
    var entries: [Int32]
    /// Id of each entry.
    var ids: [Int32]
    /// Flags of each entry.
    var flags: [TokenFlags]
    /// Finds entries spelled in the byte alphabet by their bytes.
    var spelled: ByteStringIndex
    /// Names that are looked up as they are: added tokens, and tokens with characters outside the byte alphabet.
    var names: TokenArena
    var nameIndex: ByteStringIndex
    /// Entry that each name of `names` stands for.
    var nameEntries: [Int32]
    /// Id of the token that is exactly one byte, or -1.
    var byteIDs: [Int32]

    /// One more than the largest id.
    var idCount: Int { entries.count }

    func entry(_ id: Int) -> Int? {
        guard id >= 0, id < entries.count, entries[id] >= 0 else { return nil }
        return Int(entries[id])
    }

    /// Id of the token spelled in the byte alphabet that stands for `bytes`.
    func spelledID(_ bytes: UnsafeBufferPointer<UInt8>) -> Int32? {
        spelled.find(bytes, in: tokens).map { ids[$0] }
    }

    /// Id of a token by its name.
    func id(named name: String) -> Int? {
        var name = name
        return name.withUTF8 { text in
            if let found = nameIndex.find(text, in: names) { return Int(ids[Int(nameEntries[found])]) }
            var bytes: [UInt8] = []
            guard !text.isEmpty, ByteAlphabet.appendDecoded(text, to: &bytes) else { return nil }
            return bytes.withUnsafeBufferPointer { spelledID($0) }.map(Int.init)
        }
    }
}
