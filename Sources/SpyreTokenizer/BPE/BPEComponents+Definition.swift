extension BPEComponents {
    /// Checks a definition and builds its tables.
    init(definition: BPEDefinition) throws(TokenizerError) {
        let source = definition.source
        let types = try definition.checkedTypes()
        var vocabulary = try definition.vocabulary(types)
        let merges = try definition.mergeTable(vocabulary)
        let added = try definition.allAddedTokens(types)
        let normalizer = definition.normalizer ?? definition.preTokenizer.impliedNormalizer
        for token in definition.addedTokens { try vocabulary.add(token, normalizer: normalizer, source: source) }
        let splitters = Self.splitters(of: added, normalizer: normalizer)
        let special = try definition.specialTokens(vocabulary)
        self.init(
            model: BPEModel(
                vocabulary: vocabulary, merges: merges,
                ignoreMerges: definition.ignoreMerges ?? definition.preTokenizer.impliesIgnoreMerges,
                unknownID: nil, fuseUnknown: false),
            rawSplitter: splitters.raw, normalizedSplitter: splitters.normalized, normalizer: normalizer,
            stages: try PreTokenizerStage.stages(of: definition.prefixedPreTokenizer, source: source),
            prefix: try definition.affix(definition.addBOS, special.bos, "beginning-of-sequence"),
            suffix: try definition.affix(definition.addEOS, special.eos, "end-of-sequence"),
            specialTokens: special, chatTemplateSource: definition.chatTemplate)
    }
}

extension BPEDefinition {
    fileprivate var prefixedPreTokenizer: PreTokenizer {
        guard addSpacePrefix else { return preTokenizer }
        return .sequence(
            preTokenizer.steps.map { step in
                guard case .byteLevel(_, let useRegex) = step else { return step }
                return .byteLevel(addPrefixSpace: true, useRegex: useRegex)
            })
    }

    fileprivate func checkedTypes() throws(TokenizerError) -> [TokenType] {
        guard tokenTypes.isEmpty || tokenTypes.count == tokens.count else {
            throw .inconsistent(source: source, reason: "\(tokenTypes.count) token types for \(tokens.count) tokens")
        }
        var types: [TokenType] = []
        types.reserveCapacity(tokenTypes.count)
        for (id, code) in tokenTypes.enumerated() {
            guard let type = TokenType(rawValue: code) else {
                throw .malformed(source: source, reason: "token \(id) has type \(code), not 1...6")
            }
            guard type != .byte else { throw .unsupported(source: source, feature: "a byte token (id \(id))") }
            types.append(type)
        }
        return types
    }

    fileprivate func vocabulary(_ types: [TokenType]) throws(TokenizerError) -> Vocabulary {
        var builder = VocabularyBuilder(source: source, expectedCount: tokens.count)
        for (id, name) in tokens.enumerated() {
            var flags: TokenFlags = []
            if id < types.count {
                if types[id] == .control || types[id] == .unknown { flags = [.added, .special] }
                if types[id] == .userDefined { flags = .added }
            }
            try name.withUTF8Bytes { (bytes) throws(TokenizerError) in try builder.add(bytes, id: id, flags: flags) }
        }
        return try builder.build()
    }

    fileprivate func mergeTable(_ vocabulary: Vocabulary) throws(TokenizerError) -> MergeTable {
        var builder = MergeTableBuilder(source: source, vocabulary: vocabulary, expectedCount: merges.count)
        for merge in merges {
            try merge.withUTF8Bytes { (bytes) throws(TokenizerError) in try builder.add(bytes) }
        }
        return builder.finished
    }

    /// Explicit added tokens, and those that the token types imply.
    fileprivate func allAddedTokens(_ types: [TokenType]) throws(TokenizerError) -> [AddedToken] {
        let explicit = Set(addedTokens.map(\.id))
        var all = addedTokens
        for (id, type) in types.enumerated() where !explicit.contains(id) {
            switch type {
            case .control, .unknown: all.append(AddedToken(content: tokens[id], id: id, special: true))
            case .userDefined: all.append(AddedToken(content: tokens[id], id: id, special: false))
            case .normal, .unused, .byte: break
            }
        }
        return all
    }

    fileprivate func specialTokens(_ vocabulary: Vocabulary) throws(TokenizerError) -> SpecialTokens {
        SpecialTokens(
            bos: try specialToken(bosID, "beginning-of-sequence", vocabulary),
            eos: try specialToken(eosID, "end-of-sequence", vocabulary),
            unk: try specialToken(unkID, "unknown", vocabulary),
            pad: try specialToken(padID, "padding", vocabulary))
    }

    private func specialToken(
        _ id: Int?, _ role: String, _ vocabulary: Vocabulary
    ) throws(TokenizerError) -> SpecialTokens.Token? {
        guard let id else { return nil }
        guard let entry = vocabulary.entry(id) else {
            throw .inconsistent(source: source, reason: "the \(role) token has id \(id), which no token has")
        }
        let text = String(decoding: vocabulary.tokens.array(entry), as: UTF8.self)
        return SpecialTokens.Token(id: id, text: text)
    }

    fileprivate func affix(
        _ wanted: Bool, _ token: SpecialTokens.Token?, _ role: String
    ) throws(TokenizerError) -> [Int] {
        guard wanted else { return [] }
        guard let token else {
            throw .inconsistent(source: source, reason: "a \(role) token is to be added, and none is defined")
        }
        return [token.id]
    }
}
