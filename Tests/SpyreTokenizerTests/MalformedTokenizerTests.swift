import Foundation
import SpyreTokenizer
import Testing

/// Every damaged directory ends in a `TokenizerError` of one line that names the file.
@Suite struct MalformedTokenizerTests {
    private static let sound = #"""
        {"version":"1.0","added_tokens":[{"id":7,"content":"<s>","single_word":false,"lstrip":false,"rstrip":false,
        "normalized":false,"special":true}],"normalizer":{"type":"NFC"},"pre_tokenizer":{"type":"Sequence",
        "pretokenizers":[{"type":"Split","pattern":{"Regex":"\\p{N}"},"behavior":"Isolated","invert":false},{"type":"ByteLevel",
        "add_prefix_space":false,"trim_offsets":true,"use_regex":true}]},"post_processor":{"type":"TemplateProcessing",
        "single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"special_tokens":
        {"<s>":{"id":"<s>","ids":[7],"tokens":["<s>"]}}},"decoder":{"type":"ByteLevel"},"model":{"type":"BPE",
        "dropout":null,"unk_token":null,"byte_fallback":false,"vocab":{"a":0,"b":1,"\u0120":2,"ab":3,"\u0120ab":4},
        "merges":["a b",["\u0120","ab"]]}}
        """#

    /// Loads a directory with the given files.
    private func load(_ files: [String: Data]) throws -> BPETokenizer {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "spyre-tokenizer-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, content) in files { try content.write(to: folder.appendingPathComponent(name)) }
        return try BPETokenizer(directory: folder.path)
    }

    private func expectError(_ files: [String: Data], naming fragment: String = "tokenizer") {
        let error = #expect(throws: TokenizerError.self) { try load(files) }
        let message = error?.description ?? ""
        #expect(message.contains(fragment) && message.contains("tokenizer"), "\(fragment): \(message)")
        #expect(!message.contains("\n") && message.count < 600)
    }

    @Test func theSoundFileLoads() throws {
        let tokenizer = try load(["tokenizer.json": Data(Self.sound.utf8)])
        #expect(try tokenizer.encode("ab ab<s>") == [7, 3, 4, 7])
        #expect(tokenizer.vocabularySize == 8)
    }

    @Test func truncationAtEveryByte() {
        let content = Data(Self.sound.utf8)
        for length in 0..<content.count { expectError(["tokenizer.json": content.prefix(length)]) }
    }

    /// Whatever a byte becomes, the file loads or is refused.
    @Test func everyByteDamaged() throws {
        var random = SeededGenerator(state: 3)
        let content = Array(Self.sound.utf8)
        for position in content.indices {
            var damaged = content
            damaged[position] = UInt8.random(in: .min ... .max, using: &random)
            do {
                _ = try load(["tokenizer.json": Data(damaged)]).encode("ab <s> 12 b")
            } catch let error as TokenizerError {
                #expect(!error.description.contains("\n"))
            }
        }
    }

    @Test func wrongContentIsNamed() {
        let changes: [(from: String, to: String, fragment: String)] = [
            (#""a":0"#, #""a":1"#, "id 1"), (#""a":0"#, #""a":-1"#, "-1"),
            (#""a":0"#, #""a":99999999999"#, "99999999999"),
            (#""a":0"#, #""a":16000000"#, "16000000"), (#""a":0"#, #""a":0.5"#, "not an integer"),
            (#""a":0"#, #""a":"0""#, "a number"), (#""a":0"#, #""a":1e3"#, "not an integer"),
            (#""a":0"#, #""a":0,"a":5"#, "same token"),
            (#""a":0"#, #""a":123456789012345678901234567890"#, "not an integer"),
            (#"["\u0120","ab"]"#, #"["\u0120"]"#, "merge 1"), (#"["\u0120","ab"]"#, #"["\u0120","a","b"]"#, "merge 1"),
            (#"["\u0120","ab"]"#, #"["\u0120","zz"]"#, "\"zz\""), (#"["\u0120","ab"]"#, #"["b","b"]"#, "\"bb\""),
            (#"["\u0120","ab"]"#, "5", "a string"), (#"["\u0120","ab"]"#, #"["\u0120",["ab"]]"#, "a string"),
            (#""a b""#, #""ab""#, "merge 0"), (#""a b""#, #""a b c""#, "merge 0"), (#""a b""#, "null", "a string"),
            (#""type":"BPE""#, #""type":"Unigram""#, "Unigram"), (#""type":"BPE""#, #""type":7"#, "model.type"),
            (#""dropout":null"#, #""dropout":0.1"#, "dropout"),
            (#""byte_fallback":false"#, #""byte_fallback":true"#, "byte_fallback"),
            (#""unk_token":null"#, #""unk_token":"<unk>""#, "<unk>"),
            (#""unk_token":null"#, #""unk_token":[]"#, "model.unk_token"),
            (#""unk_token":null"#, #""continuing_subword_prefix":"\#u{23}\#u{23}""#, "continuing_subword_prefix"),
            (#""unk_token":null"#, #""end_of_word_suffix":"</w>""#, "end_of_word_suffix"),
            (#""vocab":{"a":0,"b":1,"\u0120":2,"ab":3,"\u0120ab":4}"#, #""vocab":{}"#, "empty"),
            (#""vocab":{"a":0,"b":1,"\u0120":2,"ab":3,"\u0120ab":4}"#, #""vocab":[["a",0]]"#, "model.vocab"),
            (#""vocab":{"a":0,"b":1,"\u0120":2,"ab":3,"\u0120ab":4},"#, "", "model.vocab"),
            (#""merges":["#, #""marges":["#, "model.merges"), (#""model":"#, #""module":"#, "model"),
            (#""id":7"#, #""id":3"#, "id 3"), (#""id":7"#, #""id":-7"#, "-7"),
            (#""id":7"#, #""id":8000000"#, "8000000"),
            (#""id":7"#, #""id":"7""#, "added_tokens[0].id"), (#""id":7,"#, "", "added_tokens[0].id"),
            (#""content":"<s>""#, #""content":"ab""#, "\"ab\""), (#""content":"<s>","#, "", "added_tokens[0].content"),
            (#""special":true"#, #""special":1"#, "added_tokens[0].special"),
            (#""type":"NFC""#, #""type":"NFKC""#, "NFKC"),
            (#""normalizer":{"type":"NFC"}"#, #""normalizer":"NFC""#, "normalizer"),
            (#""type":"Split""#, #""type":"Metaspace""#, "Metaspace"), (#""Isolated""#, #""Sideways""#, "Sideways"),
            (#"{"Regex":"\\p{N}"}"#, #"{"Regex":"[\\w]"}"#, "\\w"), (#"{"Regex":"\\p{N}"}"#, #"{"Regex":"(a"}"#, "(a"),
            (#"{"Regex":"\\p{N}"}"#, #"{"Glob":"*"}"#, "pattern"), (#"{"Regex":"\\p{N}"}"#, "7", "pattern"),
            (#""invert":false"#, #""invert":"no""#, "invert"), (#""use_regex":true"#, #""use_regex":{}"#, "use_regex"),
            (#""ids":[7]"#, #""ids":[5]"#, "\"<s>\""), (#""ids":[7]"#, #""ids":["x"]"#, "\"<s>\""),
            (#""ids":[7],"#, "", "ids"),
            (#""TemplateProcessing""#, #""BertProcessing""#, "BertProcessing"), (#""id":"A""#, #""id":"B""#, "\"B\""),
            (#"{"Sequence":{"id":"A","type_id":0}}"#, "{}", "template"),
            (#""decoder":{"type":"ByteLevel"}"#, #""decoder":{"type":"WordPiece"}"#, "WordPiece"),
            (#""decoder":{"type":"ByteLevel"}"#, #""decoder":null"#, "decoder"),
            (#"{"version":"1.0""#, #"{"version":\#(String(repeating: "[", count: 100_000))"#, "deeper"),
            (#"{"version":"1.0""#, #"[{"version":"1.0""#, "an object"),
            (#""version":"1.0""#, #""version":"\ud800""#, "surrogate"),
            (#""version":"1.0""#, #""version":"\q""#, "escape"),
            (#""version":"1.0""#, #""version":1.0.0"#, "not a number"),
            (#""version":"1.0""#, #""version":1e999"#, "not a number"),
            (#""version":"1.0""#, #""version":tru"#, "a value"),
        ]
        for change in changes {
            #expect(Self.sound.contains(change.from), "\(change.from)")
            let content = Self.sound.replacingOccurrences(of: change.from, with: change.to)
            expectError(["tokenizer.json": Data(content.utf8)], naming: change.fragment)
        }
    }

    @Test func trailingTextAndBadUTF8() {
        expectError(["tokenizer.json": Data(Self.sound.utf8) + Data("x".utf8)], naming: "end of the file")
        expectError(["tokenizer.json": Data([0xFF, 0xFE]) + Data(Self.sound.utf8)], naming: "UTF-8")
    }

    @Test func missingFilesAndFolders() {
        expectError([:], naming: "no such file")
        let error = #expect(throws: TokenizerError.self) { try BPETokenizer(directory: "/no/such/folder") }
        #expect(error?.description.contains("/no/such/folder/tokenizer.json") == true)
    }

    @Test(arguments: [
        (#"{"bos_token":"<none>"}"#, "<none>"), (#"{"bos_token":5}"#, "bos_token"),
        (#"{"eos_token":{"text":"x"}}"#, "content"),
        (#"{"chat_template":7}"#, "chat_template"), (#"{"chat_template":[{"name":"default"}]}"#, "template"),
        (#"{"added_tokens_decoder":{"x":{}}}"#, "added_tokens_decoder"),
        (#"{"added_tokens_decoder":{"3":{"content":"n"}}}"#, "id 3"),
        ("[]", "an object"), ("{", "ends"), ("", "ends"),
    ])
    func wrongConfiguration(_ config: String, _ fragment: String) {
        let files = ["tokenizer.json": Data(Self.sound.utf8), "tokenizer_config.json": Data(config.utf8)]
        expectError(files, naming: fragment)
    }

    @Test func otherFilesOfADirectory() throws {
        var files = ["tokenizer.json": Data(Self.sound.utf8)]
        files["tokenizer_config.json"] = Data(
            #"""
            {"bos_token":{"content":"<s>"},"chat_template":[{"name":"tool_use","template":"T"},
            {"name":"default","template":"D"}],"added_tokens_decoder":{"9":{"content":"<new>","special":true}}}
            """#.utf8)
        files["special_tokens_map.json"] = Data(#"{"eos_token":"<new>","pad_token":{"content":"<s>"}}"#.utf8)
        let tokenizer = try load(files)
        #expect(tokenizer.chatTemplateSource == "D")
        #expect(tokenizer.specialTokens.bos?.id == 7 && tokenizer.specialTokens.eos?.id == 9)
        #expect(tokenizer.specialTokens.pad?.id == 7)
        #expect(try tokenizer.encode("a<new>") == [7, 0, 9])
        #expect(tokenizer.bytes(of: 8) == nil && tokenizer.vocabularySize == 10)
        files["chat_template.jinja"] = Data("J".utf8)
        #expect(try load(files).chatTemplateSource == "J")
        files["chat_template.jinja"] = Data([0xFF])
        expectError(files, naming: "chat_template.jinja")
    }
}
