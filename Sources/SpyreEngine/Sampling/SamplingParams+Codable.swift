import Foundation

extension CodingUserInfoKey {
    /// `SamplingParams`: what absent fields are taken from. Without it the defaults of `SamplingParams()`.
    public static let samplingDefaults = CodingUserInfoKey(rawValue: "spyre.sampling.defaults")
    /// `Set<String>`: names of other fields that may stand in the same object because the caller reads them.
    public static let samplingOtherFields = CodingUserInfoKey(rawValue: "spyre.sampling.otherFields")
}

extension SamplingParams: Decodable {
    /// Reads the sampling fields of an object. Absent fields and nulls keep their defaults; `max_tokens` null means no
    /// limit but the context. A field that is neither known nor named by `samplingOtherFields` is an error.
    ///
    /// - Throws: ``SamplingParamsError`` with the field's name; ranges are checked by `validate`, not here.
    public init(from decoder: any Decoder) throws {
        let fields: SamplingFieldReader
        do {
            fields = try SamplingFieldReader(decoder)
        } catch let error as DecodingError {
            throw SamplingParamsError.malformed(reason: Self.oneLine(error))
        }
        self = fields.defaults
        try fields.read(.n, into: &n)
        try fields.read(.temperature, into: &temperature)
        try fields.read(.topP, into: &topP)
        try fields.read(.topK, into: &topK)
        try fields.read(.minP, into: &minP)
        try fields.read(.repetitionPenalty, into: &repetitionPenalty)
        try fields.read(.presencePenalty, into: &presencePenalty)
        try fields.read(.frequencyPenalty, into: &frequencyPenalty)
        try fields.read(.seed, into: &seed)
        try fields.readStringOrStrings(.stop, into: &stop)
        try fields.read(.stopTokenIDs, into: &stopTokenIDs)
        try fields.read(.includeStopStringInOutput, into: &includeStopStringInOutput)
        try fields.read(.ignoreEOS, into: &ignoreEOS)
        try fields.read(.minTokens, into: &minTokens)
        try fields.readLimit(.maxTokens, into: &maxTokens)
        try fields.read(.logprobs, into: &logprobs)
        try fields.read(.promptLogprobs, into: &promptLogprobs)
        try fields.readBiases(.logitBias, into: &logitBias)
        try fields.readStringOrStrings(.badWords, into: &badWords)
        try fields.read(.allowedTokenIDs, into: &allowedTokenIDs)
        try fields.read(.skipSpecialTokens, into: &skipSpecialTokens)
    }

    /// Reads parameters from a JSON object, for example a line of a prompts file or the body of a request.
    ///
    /// - Parameters:
    ///   - json: UTF-8 text of one JSON object.
    ///   - defaults: what absent fields are taken from (the options of the command line, say).
    ///   - otherFields: names of fields in the same object that are not about sampling (`prompt`, `model`, …).
    public static func decode(
        json: Data, defaults: SamplingParams = SamplingParams(), otherFields: Set<String> = []
    ) throws(SamplingParamsError) -> SamplingParams {
        let decoder = JSONDecoder()
        if let key = CodingUserInfoKey.samplingDefaults { decoder.userInfo[key] = defaults }
        if let key = CodingUserInfoKey.samplingOtherFields { decoder.userInfo[key] = otherFields }
        do {
            return try decoder.decode(SamplingParams.self, from: json)
        } catch let error as SamplingParamsError {
            throw error
        } catch let error as DecodingError {
            throw .malformed(reason: oneLine(error))
        } catch {
            throw .malformed(reason: "\(error)")
        }
    }

    private static func oneLine(_ error: DecodingError) -> String {
        let text: String
        switch error {
        case .dataCorrupted(let context): text = context.debugDescription
        case .typeMismatch: text = "another kind of value stands here"
        default: text = "\(error)"
        }
        return text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}

extension SamplingParams: Encodable {
    /// Writes every field; absent optional ones as null, so that reading gives the same value back.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Field.self)
        try fields.encode(n, forKey: .n)
        try fields.encode(temperature, forKey: .temperature)
        try fields.encode(topP, forKey: .topP)
        try fields.encode(topK, forKey: .topK)
        try fields.encode(minP, forKey: .minP)
        try fields.encode(repetitionPenalty, forKey: .repetitionPenalty)
        try fields.encode(presencePenalty, forKey: .presencePenalty)
        try fields.encode(frequencyPenalty, forKey: .frequencyPenalty)
        try fields.encode(seed, forKey: .seed)
        try fields.encode(stop, forKey: .stop)
        try fields.encode(stopTokenIDs, forKey: .stopTokenIDs)
        try fields.encode(includeStopStringInOutput, forKey: .includeStopStringInOutput)
        try fields.encode(ignoreEOS, forKey: .ignoreEOS)
        try fields.encode(minTokens, forKey: .minTokens)
        try fields.encode(maxTokens, forKey: .maxTokens)
        try fields.encode(logprobs, forKey: .logprobs)
        try fields.encode(promptLogprobs, forKey: .promptLogprobs)
        let biases = Dictionary(uniqueKeysWithValues: logitBias.map { (String($0.key), $0.value) })
        try fields.encode(biases, forKey: .logitBias)
        try fields.encode(badWords, forKey: .badWords)
        try fields.encode(allowedTokenIDs, forKey: .allowedTokenIDs)
        try fields.encode(skipSpecialTokens, forKey: .skipSpecialTokens)
    }
}
