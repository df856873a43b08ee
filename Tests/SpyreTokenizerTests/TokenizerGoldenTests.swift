import SpyreTokenizer
import Testing

/// The same ids and the same text as Hugging Face `tokenizers`.
@Suite struct TokenizerGoldenTests {
    private func check(_ tokenizer: BPETokenizer, _ goldens: [TokenizerFixtures.Golden]) throws {
        let plain = EncodeOptions(addSpecialTokens: false, parseSpecialTokens: false)
        for golden in goldens {
            let name = golden.text.debugDescription
            #expect(try tokenizer.encode(golden.text) == golden.ids, "\(name)")
            #expect(try tokenizer.encode(golden.text, options: plain) == golden.plainIDs, "\(name) as plain text")
            #expect(sameBytes(tokenizer.decode(golden.ids), golden.decoded), "\(name) decoded")
            let shown = tokenizer.decode(golden.ids, skipSpecialTokens: true)
            #expect(sameBytes(shown, golden.decodedWithoutSpecialTokens), "\(name) decoded without special tokens")
        }
    }

    @Test func smolLM2OnItsRealVocabulary() throws {
        let goldens = try TokenizerFixtures.goldens("smollm2.golden.jsonl")
        #expect(goldens.count >= 2500)
        try check(try TokenizerFixtures.smolLM2.get(), goldens)
    }

    @Test(arguments: TokenizerFixtures.pipelines)
    func publishedPipeline(_ name: String) throws {
        let goldens = try TokenizerFixtures.goldens("\(name)/golden.jsonl")
        #expect(goldens.count >= 500)
        try check(try TokenizerFixtures.tokenizer(name), goldens)
    }

    @Test func smolLM2FromItsDefinition() throws {
        let tokenizer = try TokenizerFixtures.smolLM2.get()
        #expect(tokenizer.vocabularySize == 49_152)
        #expect(tokenizer.specialTokens.bos == SpecialTokens.Token(id: 1, text: "<|im_start|>"))
        #expect(tokenizer.specialTokens.eos?.id == 2)
        #expect(tokenizer.specialTokens.unk?.id == 0)
        #expect(tokenizer.id(of: "<|im_end|>") == 2)
        #expect(tokenizer.id(of: "Ġthe").flatMap(tokenizer.bytes) == Array(" the".utf8))
        #expect(tokenizer.id(of: "no such token") == nil)
        #expect(tokenizer.isSpecial(2) && !tokenizer.isSpecial(17) && !tokenizer.isSpecial(-1))
        #expect(tokenizer.bytes(of: 49_152) == nil && tokenizer.bytes(of: -1) == nil)
        #expect(tokenizer.decode([49_152, -5, 17, .max, .min], skipSpecialTokens: false) == "!")
    }

    @Test func filesOfAModelDirectory() throws {
        let tokenizer = try TokenizerFixtures.tokenizer("llama3")
        #expect(tokenizer.chatTemplateSource == "{{ messages[0]['content'] }}")
        #expect(tokenizer.specialTokens.bos?.text == "<|begin_of_text|>")
        #expect(tokenizer.specialTokens.eos?.text == "<|eot_id|>")
        #expect(tokenizer.specialTokens.pad == nil)
        let bos = try #require(tokenizer.specialTokens.bos).id
        #expect(try tokenizer.encode("").elementsEqual([bos]))
        #expect(try tokenizer.encode("", options: EncodeOptions(addSpecialTokens: false)).isEmpty)
        #expect(try TokenizerFixtures.tokenizer("gpt2").chatTemplateSource == nil)
    }
}
