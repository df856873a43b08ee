extension Vocabulary {
    /// Marks the token that `token` names, or takes it in under its id if the model does not have it.
    ///
    /// - Parameters:
    ///   - normalizer: what the token's text goes through if it is looked for in normalized text.
    ///   - source: file that the token comes from, for errors.
    mutating func add(_ token: AddedToken, normalizer: Normalizer, source: String) throws(TokenizerError) {
        var marks: TokenFlags = .added
        if token.special { marks.insert(.special) }
        if let known = id(named: token.content) {
            guard known == token.id, let entry = entry(known) else {
                let name = TokenizerError.quoted(token.content)
                throw .inconsistent(
                    source: source, reason: "added token \(name) has id \(token.id), the vocabulary says \(known)")
            }
            flags[entry].formUnion(marks)
            try addName(token.content, entry: entry, source: source)
            return
        }
        guard entry(token.id) == nil else {
            let name = TokenizerError.quoted(token.content)
            throw .inconsistent(
                source: source, reason: "added token \(name) takes id \(token.id), which another token has")
        }
        let text = token.normalized ? normalizer.apply(to: token.content) : token.content
        try append(token, text: text, flags: marks, source: source)
    }

    /// The token is not spelled as far as merges are concerned: text reaches it through the splitter only. Its bytes
    /// are still read in the byte alphabet where that is possible, because Hugging Face's decoder does so.
    private mutating func append(
        _ token: AddedToken, text: String, flags marks: TokenFlags, source: String
    ) throws(TokenizerError) {
        try VocabularyBuilder.check(largestID: token.id, count: ids.count, source: source)
        var text = text
        let stored = text.withUTF8 { name in
            tokens.append { if !ByteAlphabet.appendDecoded(name, to: &$0) { $0.append(contentsOf: name) } }
        }
        guard stored else { throw .malformed(source: source, reason: "the vocabulary is larger than 4 GiB") }
        try addName(token.content, entry: ids.count, source: source)
        while entries.count <= token.id { entries.append(-1) }
        entries[token.id] = Int32(ids.count)
        ids.append(Int32(token.id))
        flags.append(marks)
    }

    private mutating func addName(_ name: String, entry: Int, source: String) throws(TokenizerError) {
        var name = name
        guard name.withUTF8({ bytes in names.append { $0.append(contentsOf: bytes) } }) else {
            throw .malformed(source: source, reason: "the vocabulary is larger than 4 GiB")
        }
        nameEntries.append(Int32(entry))
        // An entry that has its name already keeps it.
        _ = nameIndex.insert(names.count - 1, of: names)
    }
}
