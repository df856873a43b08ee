import Foundation
import SpyreCheckpoint
import SpyreTokenizer
import Testing

@testable import SpyreEngine

@Suite struct TokenizerLoaderTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    /// Letters a to e, a space, two merges and two control tokens.
    private static var file: MetadataFile {
        var file = MetadataFile()
        file["tokenizer.ggml.model"] = .string("gpt2")
        file["tokenizer.ggml.pre"] = .string("smollm")
        file["tokenizer.ggml.tokens"] = .strings(["<s>", "</s>", "a", "b", "c", "d", "e", "Ġ", "ab", "Ġab"])
        file["tokenizer.ggml.token_type"] = .integers([3, 3, 1, 1, 1, 1, 1, 1, 1, 1])
        file["tokenizer.ggml.merges"] = .strings(["a b", "Ġ ab"])
        file["tokenizer.ggml.bos_token_id"] = .integer(0)
        file["tokenizer.ggml.eos_token_id"] = .integer(1)
        file["tokenizer.chat_template"] = .string("{{ messages[0]['content'] }}")
        return file
    }

    private func load(_ change: (inout MetadataFile) -> Void = { _ in }) throws -> any Tokenizer {
        var file = Self.file
        change(&file)
        return try TokenizerLoader.load(path: try folder.write("model.gguf", file.bytes))
    }

    private func refusal(_ change: (inout MetadataFile) -> Void) -> String {
        do {
            _ = try load(change)
            return "no error"
        } catch {
            return "\(error)".replacingOccurrences(of: folder.path + "/", with: "")
        }
    }

    @Test func metadataBecomeATokenizer() throws {
        let tokenizer = try load()
        #expect(try tokenizer.encode("ab ab cab") == [8, 9, 7, 4, 8])
        #expect(try tokenizer.encode("a</s>") == [2, 1])
        #expect(tokenizer.decode([9, 4, 1], skipSpecialTokens: true) == " abc")
        #expect(
            tokenizer.specialTokens == SpecialTokens(bos: .init(id: 0, text: "<s>"), eos: .init(id: 1, text: "</s>")))
        #expect(tokenizer.chatTemplateSource == "{{ messages[0]['content'] }}")
    }

    @Test func flags() throws {
        #expect(try load { $0["tokenizer.ggml.add_bos_token"] = .bool(true) }.encode("ab") == [0, 8])
        #expect(try load { $0["tokenizer.ggml.add_eos_token"] = .bool(true) }.encode("ab") == [8, 1])
        #expect(try load { $0["tokenizer.ggml.add_space_prefix"] = .bool(true) }.encode("ab") == [9])
        #expect(try load { $0["tokenizer.ggml.pre"] = .string("llama-bpe") }.encode("ab") == [0, 8])
        let silent = try load {
            $0["tokenizer.ggml.pre"] = .string("llama-bpe")
            $0["tokenizer.ggml.add_bos_token"] = .bool(false)
        }
        #expect(try silent.encode("ab") == [8])
    }

    @Test func refusals() {
        #expect(
            refusal { $0["tokenizer.ggml.model"] = .string("llama") }
                == "model.gguf: tokenizer model \"llama\" is not supported; use a model with a byte-level BPE "
                + "tokenizer that does without it")
        #expect(refusal { $0["tokenizer.ggml.model"] = .string("a\nb") }.contains("tokenizer model \"a?b\" is not"))
        #expect(refusal { $0["tokenizer.ggml.model"] = nil }.contains("without tokenizer.ggml.model is not supported"))
        #expect(refusal { $0["tokenizer.ggml.pre"] = nil }.contains("without tokenizer.ggml.pre is not supported"))
        #expect(refusal { $0["tokenizer.ggml.pre"] = .string("martian") }.contains("pre-tokenizer \"martian\""))
        #expect(refusal { $0["tokenizer.ggml.tokens"] = nil }.contains("tokenizer.ggml.tokens is missing"))
        #expect(refusal { $0["tokenizer.ggml.merges"] = nil }.contains("tokenizer.ggml.merges is missing"))
        #expect(refusal { $0["tokenizer.ggml.merges"] = .integer(1) }.contains("an array of strings"))
        #expect(refusal { $0["tokenizer.ggml.token_type"] = .integers([1]) }.contains("1 token types for 10 tokens"))
        #expect(refusal { $0["tokenizer.ggml.bos_token_id"] = .integer(10) }.contains("has id 10, which no token has"))
    }

    @Test func directories() throws {
        let micro = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Fixtures/micro/llama-gqa").path
        let fromPath = try TokenizerLoader.load(path: micro)
        let fromCheckpoint = try TokenizerLoader.load(try Checkpoint.open(micro))
        let text = "the capital of"
        let ids = try fromPath.encode(text, options: EncodeOptions(addSpecialTokens: false))
        #expect(!ids.isEmpty)
        #expect(fromPath.decode(ids, skipSpecialTokens: true) == text)
        #expect(try fromCheckpoint.encode(text, options: EncodeOptions(addSpecialTokens: false)) == ids)
        let error = #expect(throws: TokenizerError.self) { try TokenizerLoader.load(path: folder.path) }
        #expect(error?.description.contains("tokenizer.json: there is no such file") == true)
        #expect(throws: CheckpointError.self) { try TokenizerLoader.load(path: folder.path + "/nothing") }
    }

    /// Ids that Hugging Face's tokenizer gives for the default model.
    @Test(.enabled(if: ModelStore().isCached(.smolLM2), "the default model is not in the cache"))
    func theDefaultModel() throws {
        let tokenizer = try TokenizerLoader.load(path: try ModelStore().resolve(ModelStore.defaultModel))
        #expect(tokenizer.vocabularySize == 49_152)
        #expect(try tokenizer.encode("The capital of France is") == [504, 3575, 282, 4649, 314])
        let text = try ChatPrompt(tokenizer: tokenizer).text([ChatMessage(role: "user", content: "Hi")])
        #expect(
            text == "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face"
                + "<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n")
    }
}
