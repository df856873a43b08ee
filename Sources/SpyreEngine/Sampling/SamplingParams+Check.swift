/// The range checks that several fields share.
extension SamplingParams {
    enum Check {}
}

extension SamplingParams.Check {
    static func number(
        _ field: String, _ value: Double, in range: ClosedRange<Double>
    ) throws(SamplingParamsError) {
        // A NaN is in no range, so this refuses it as well.
        guard range.contains(value) else {
            throw .outOfRange(
                field: field, value: "\(value)",
                allowed: "a number in \(short(range.lowerBound))...\(short(range.upperBound))")
        }
    }

    static func number(
        _ field: String, _ value: Double, above lower: Double, upTo upper: Double
    ) throws(SamplingParamsError) {
        guard value > lower, value <= upper else {
            throw .outOfRange(
                field: field, value: "\(value)",
                allowed: "a number greater than \(short(lower)) and at most \(short(upper))")
        }
    }

    static func integer(_ field: String, _ value: Int, in range: ClosedRange<Int>) throws(SamplingParamsError) {
        guard range.contains(value) else {
            throw .outOfRange(field: field, value: "\(value)", allowed: integers(range))
        }
    }

    /// The words for a range, whose upper bound is `Int.max` when there is none.
    static func integers(_ range: ClosedRange<Int>) -> String {
        guard range.upperBound < .max else { return "an integer of at least \(range.lowerBound)" }
        return "an integer in \(range.lowerBound)...\(range.upperBound)"
    }

    static func count(_ field: String, _ count: Int, maximum: Int) throws(SamplingParamsError) {
        guard count <= maximum else {
            throw .outOfRange(field: field, value: "\(count) entries", allowed: "at most \(maximum) entries")
        }
    }

    static func tokenIDs(_ field: String, _ ids: [Int], vocabularySize: Int) throws(SamplingParamsError) {
        for id in ids where id < 0 || id >= vocabularySize {
            let known = vocabularySize < .max
            throw .outOfRange(
                field: field, value: "\(id)",
                allowed: known ? "token ids in 0..<\(vocabularySize) (the vocabulary)" : "token ids of at least 0")
        }
    }

    static func strings(
        _ field: String, _ strings: [String], maximumCount: Int, limits: SamplingLimits
    ) throws(SamplingParamsError) {
        try count(field, strings.count, maximum: maximumCount)
        for string in strings {
            guard !string.isEmpty else {
                throw .outOfRange(field: field, value: "\"\"", allowed: "made of strings that are not empty")
            }
            guard string.utf8.count <= limits.maximumStringBytes else {
                throw .outOfRange(
                    field: field, value: "a string of \(string.utf8.count) bytes",
                    allowed: "made of strings of at most \(limits.maximumStringBytes) bytes")
            }
        }
    }

    /// Without a vocabulary's size -1 (all of it) is left for later.
    static func logprobs(
        _ field: String, _ value: Int?, vocabularySize: Int?, limits: SamplingLimits
    ) throws(SamplingParamsError) {
        guard let value else { return }
        guard let asked = value == -1 ? vocabularySize : value else { return }
        guard asked >= 0, asked <= limits.maximumLogprobs else {
            let got = value == -1 ? "-1 (all \(asked))" : "\(value)"
            throw .outOfRange(field: field, value: got, allowed: integers(0...max(0, limits.maximumLogprobs)))
        }
    }

    /// A bound without a needless ".0".
    private static func short(_ bound: Double) -> String {
        Int(exactly: bound).map(String.init) ?? "\(bound)"
    }
}
