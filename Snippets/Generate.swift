import SpyreEngine

let llm = try LLM(model: "smollm2-135m-instruct")
let params = SamplingParams(temperature: 0, maxTokens: 32)
for output in try llm.generate(["The capital of France is", "Water boils at"], params) {
    print(output.completions[0].text)
}
