import Foundation

/// A tokenizer.json, read but for its vocabulary and merges, which are kept in compact form.
struct TokenizerJSON {
    /// Everything outside `model`, and `model` without `vocab` and `merges`.
    let root: JSONObject
    let model: JSONObject
    let vocabulary: Vocabulary
    /// Two strings a merge: left, right.
    private let merges: TokenArena
    private let source: String

    init(_ data: Data, source: String) throws(TokenizerError) {
        var members: [String: JSONValue] = [:]
        var model: ModelSection?
        try TokenizerFile.parse(data, source: source) { (reader) throws(TokenizerError) in
            try reader.readObject(
                { (reader, name) throws(TokenizerError) in
                    if name.elementsEqual("model".utf8) {
                        var section = ModelSection(source: source)
                        try section.read(&reader)
                        model = section
                    } else {
                        let name = String(decoding: name, as: UTF8.self)
                        members[name] = try TokenizerFile.value(&reader, source)
                    }
                }, failure: { TokenizerFile.syntax($0, source) })
        }
        self.source = source
        root = try JSONObject(.object(members), source: source, path: "")
        guard let model else { throw .malformed(source: source, reason: "model is missing") }
        self.model = try JSONObject(.object(model.members), source: source, path: "model")
        let kind = try self.model.string("type") ?? "BPE"
        guard kind == "BPE" else { throw self.model.unsupported("model type \(TokenizerError.quoted(kind))") }
        guard model.hasVocabulary else { throw .malformed(source: source, reason: "model.vocab is missing") }
        guard model.hasMerges else { throw .malformed(source: source, reason: "model.merges is missing") }
        vocabulary = try model.vocabulary.build()
        merges = model.merges
    }

    /// The merge rules, resolved.
    func mergeTable() throws(TokenizerError) -> MergeTable {
        var builder = MergeTableBuilder(source: source, vocabulary: vocabulary, expectedCount: merges.count / 2)
        let result: Result<Void, TokenizerError> = merges.bytes.withUnsafeBufferPointer { bytes in
            do throws(TokenizerError) {
                for merge in 0..<(merges.count / 2) {
                    try builder.add(
                        left: UnsafeBufferPointer(rebasing: bytes[merges.range(merge * 2)]),
                        right: UnsafeBufferPointer(rebasing: bytes[merges.range(merge * 2 + 1)]))
                }
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
        return builder.finished
    }
}

/// The `model` object while it is being read.
private struct ModelSection {
    var members: [String: JSONValue] = [:]
    var vocabulary: VocabularyBuilder
    var merges = TokenArena()
    var hasVocabulary = false
    var hasMerges = false
    private let source: String

    init(source: String) {
        self.source = source
        vocabulary = VocabularyBuilder(source: source)
    }

    mutating func read(_ reader: inout JSONReader) throws(TokenizerError) {
        let source = source
        try reader.readObject(
            { (reader, name) throws(TokenizerError) in
                try self.readMember(&reader, name)
            }, failure: { TokenizerFile.syntax($0, source) })
    }

    private mutating func readMember(
        _ reader: inout JSONReader, _ name: UnsafeBufferPointer<UInt8>
    ) throws(TokenizerError) {
        if name.elementsEqual("vocab".utf8), reader.peek() == 0x7B {
            guard !hasVocabulary else { throw .malformed(source: source, reason: "model.vocab is there twice") }
            hasVocabulary = true
            try readVocabulary(&reader)
        } else if name.elementsEqual("merges".utf8) {
            guard !hasMerges else { throw .malformed(source: source, reason: "model.merges is there twice") }
            hasMerges = true
            try readMerges(&reader)
        } else {
            let name = String(decoding: name, as: UTF8.self)
            members[name] = try TokenizerFile.value(&reader, source)
            // Unigram models have an array here; the type says so more clearly than the missing object.
            if name == "vocab", members["type"] == nil {
                throw .malformed(source: source, reason: "model.vocab is not an object")
            }
        }
    }

    private mutating func readVocabulary(_ reader: inout JSONReader) throws(TokenizerError) {
        let source = source
        var builder = vocabulary
        vocabulary = VocabularyBuilder(source: source)
        try reader.readObject(
            { (reader, name) throws(TokenizerError) in
                let id: Int
                do throws(JSONReadError) { id = try reader.readInteger() } catch {
                    throw TokenizerFile.syntax(error, source)
                }
                try builder.add(name, id: id)
            }, failure: { TokenizerFile.syntax($0, source) })
        vocabulary = builder
    }

    private mutating func readMerges(_ reader: inout JSONReader) throws(TokenizerError) {
        let source = source
        var arena = TokenArena()
        var scratch: [UInt8] = []
        try reader.readArray(
            { (reader) throws(TokenizerError) in
                let merge = arena.count / 2
                var middle: Int?
                scratch.removeAll(keepingCapacity: true)
                do throws(JSONReadError) {
                    if reader.peek() == 0x5B {
                        var sides = 0
                        try reader.readArray(
                            { (reader) throws(JSONReadError) in
                                if sides == 1 { middle = scratch.count }
                                try reader.readString(into: &scratch)
                                sides += 1
                            }, failure: { $0 })
                        if sides != 2 { middle = nil }
                    } else {
                        try reader.readString(into: &scratch)
                        middle = Self.removeOnlySpace(&scratch)
                    }
                } catch { throw TokenizerFile.syntax(error, source) }
                guard let middle else {
                    throw TokenizerError.malformed(source: source, reason: "merge \(merge) does not name two tokens")
                }
                let stored =
                    arena.append { $0.append(contentsOf: scratch[..<middle]) }
                    && arena.append { $0.append(contentsOf: scratch[middle...]) }
                guard stored else {
                    throw TokenizerError.malformed(source: source, reason: "merges take more than 4 GiB")
                }
            }, failure: { TokenizerFile.syntax($0, source) })
        merges = arena
    }

    /// Takes out the one space and says where it was; nil if there is none or more than one.
    private static func removeOnlySpace(_ bytes: inout [UInt8]) -> Int? {
        guard let space = bytes.firstIndex(of: 0x20) else { return nil }
        bytes.remove(at: space)
        return bytes.contains(0x20) ? nil : space
    }
}
