extension WarmupShape {
    /// Reads a list such as `64x20x4,128x20x2`: prompt length, new tokens and batch size of each shape.
    public static func list(_ text: String) throws(ConfigurationError) -> [WarmupShape] {
        var shapes: [WarmupShape] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let numbers = part.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
            guard numbers.count == 3, let prompt = numbers[0], let new = numbers[1], let batch = numbers[2] else {
                throw .unreadableShape(String(part))
            }
            shapes.append(WarmupShape(promptLength: prompt, newTokens: new, batchSize: batch))
        }
        return shapes
    }

    /// The shapes that three lists of the same length give, `VLLM_SPYRE_WARMUP_PROMPT_LENS`, `…_NEW_TOKENS` and
    /// `…_BATCH_SIZES`, each with the plugin's default of one value: 64, 20 and 1.
    public static func list(environment: [String: String]) throws(ConfigurationError) -> [WarmupShape] {
        let prefix = "VLLM_SPYRE_WARMUP_"
        let prompts = try numbers(prefix + "PROMPT_LENS", 64, environment)
        let new = try numbers(prefix + "NEW_TOKENS", 20, environment)
        let batches = try numbers(prefix + "BATCH_SIZES", 1, environment)
        guard prompts.count == new.count, prompts.count == batches.count else {
            throw .unequalLists("\(prefix)PROMPT_LENS, \(prefix)NEW_TOKENS and \(prefix)BATCH_SIZES")
        }
        return prompts.indices.map {
            WarmupShape(promptLength: prompts[$0], newTokens: new[$0], batchSize: batches[$0])
        }
    }

    private static func numbers(
        _ name: String, _ standard: Int, _ environment: [String: String]
    ) throws(ConfigurationError) -> [Int] {
        guard let text = environment[name], !text.isEmpty else { return [standard] }
        var numbers: [Int] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let number = Int(part.drop { $0 == " " }) else {
                throw .unreadableVariable(name: name, value: text, expected: "a list of numbers such as 64,128")
            }
            numbers.append(number)
        }
        return numbers
    }
}
