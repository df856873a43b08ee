import SpyreTokenizer
import Testing

@Suite struct BPEDefinitionTests {
    private static let base = BPEDefinition(
        tokens: ["<s>", "</s>", "a", "b", "Ġ", "ab", "Ġab", "1", "c", "bc", "abc", "<user>"],
        merges: ["b c", "a b", "Ġ ab", "ab c"], tokenTypes: [3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 4],
        preTokenizer: .gpt2, bosID: 0, eosID: 1)

    private func encode(_ text: String, _ change: (inout BPEDefinition) -> Void = { _ in }) throws -> [Int] {
        var definition = Self.base
        change(&definition)
        return try BPETokenizer(definition: definition).encode(text)
    }

    @Test func mergesByRank() throws {
        #expect(try encode("ab ab") == [5, 6])
        #expect(try encode("abc") == [2, 9])
        #expect(try encode("abc") { $0.ignoreMerges = true } == [10])
        #expect(try encode("abc") { $0.preTokenizer = .llama3 } == [10])
    }

    @Test func affixesAndPrefixSpace() throws {
        #expect(try encode("ab") { $0.addBOS = true } == [0, 5])
        #expect(
            try encode("ab") {
                $0.addBOS = true
                $0.addEOS = true
            } == [0, 5, 1])
        #expect(try encode("ab") { $0.addSpacePrefix = true } == [6])
        #expect(try encode(" ab") { $0.addSpacePrefix = true } == [6])
    }

    @Test func addedTokensByTypeAndByHand() throws {
        #expect(try encode("a<s> <user>b") == [2, 0, 4, 11, 3])
        #expect(
            try encode("a<s> <user>b") {
                $0.addedTokens = [AddedToken(content: "<user>", id: 11, special: false, lstrip: true)]
            } == [2, 0, 11, 3])
        let tokenizer = try BPETokenizer(definition: Self.base)
        let untrusted = EncodeOptions(parseSpecialTokens: false)
        #expect(try tokenizer.encode("<s><user>", options: untrusted).contains(11))
        #expect(tokenizer.isSpecial(0) && !tokenizer.isSpecial(11))
    }

    /// As in Hugging Face `tokenizers`, bytes that the vocabulary lacks are dropped, and their neighbours may merge.
    @Test func missingBytesAreDropped() throws {
        #expect(try encode("aéb") == [5])
    }

    @Test func wrongDefinitionsAreErrors() throws {
        let cases: [(String, (inout BPEDefinition) -> Void)] = [
            ("token types", { $0.tokenTypes = [1] }),
            ("type 9", { $0.tokenTypes[3] = 9 }),
            ("byte token", { $0.tokenTypes[3] = 6 }),
            ("same token", { $0.tokens[3] = "a" }),
            ("same token", { $0.tokens[1] = "<s>" }),
            ("merge 0", { $0.merges[0] = "b" }),
            ("merge 1", { $0.merges[1] = "a b c" }),
            ("\"q\"", { $0.merges[2] = "q a" }),
            ("\"a1\"", { $0.merges[2] = "a 1" }),
            ("id 99", { $0.bosID = 99 }),
            ("id -1", { $0.eosID = -1 }),
            (
                "beginning-of-sequence",
                {
                    $0.addBOS = true
                    $0.bosID = nil
                }
            ),
            (
                "empty",
                {
                    $0.tokens = []
                    $0.tokenTypes = []
                    $0.merges = []
                }
            ),
            ("without ByteLevel", { $0.preTokenizer = .sequence([.digits(individual: true)]) }),
            ("\\w", { $0.preTokenizer = .sequence([.split(.regex(#"\w"#), behavior: .isolated, invert: false)]) }),
            ("has id 7", { $0.addedTokens = [AddedToken(content: "a", id: 7, special: true)] }),
            ("takes id 7", { $0.addedTokens = [AddedToken(content: "new", id: 7, special: true)] }),
            ("16777216", { $0.addedTokens = [AddedToken(content: "new", id: 1 << 24, special: true)] }),
            ("-3", { $0.addedTokens = [AddedToken(content: "new", id: -3, special: true)] }),
        ]
        for (fragment, change) in cases {
            var definition = Self.base
            change(&definition)
            let error = #expect(throws: TokenizerError.self) { try BPETokenizer(definition: definition) }
            let message = error.map(String.init(describing:)) ?? ""
            #expect(message.contains(fragment) && message.contains("GGUF metadata"), "\(fragment): \(message)")
            #expect(!message.contains("\n"))
        }
    }

    @Test(arguments: [
        ("gpt-2", PreTokenizer.gpt2), ("smollm", .smollm), ("llama-bpe", .llama3), ("qwen2", .qwen2),
        ("starcoder", .starcoder), ("refact", .starcoder), ("granite-docling", .gpt2),
    ])
    func namesOfGGUF(_ name: String, _ expected: PreTokenizer) throws {
        #expect(try PreTokenizer(ggufName: name) == expected)
    }

    @Test func unknownNamesAreErrors() {
        let error = #expect(throws: TokenizerError.self) { try PreTokenizer(ggufName: "deepseek-llm") }
        #expect(error?.description.contains("deepseek-llm") == true)
    }
}
