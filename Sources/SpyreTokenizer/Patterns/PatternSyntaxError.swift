/// A construct of a tokenizer's pattern that cannot be carried over to PCRE2 with the same meaning.
struct PatternSyntaxError: Error {
    /// Names the construct, as part of a sentence.
    let construct: String
}
