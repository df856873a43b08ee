/// A type that a sampling field may have, with the words that an error uses for it.
protocol SamplingFieldValue: Decodable {
    static var jsonName: String { get }
}

/// A type that a list in a sampling field may have.
protocol SamplingListElement: Decodable {
    static var jsonListName: String { get }
}

extension Int: SamplingFieldValue, SamplingListElement {
    static var jsonName: String { "an integer" }
    static var jsonListName: String { "a list of integers" }
}

extension Int64: SamplingFieldValue {
    static var jsonName: String { "an integer of 64 bits" }
}

extension Double: SamplingFieldValue {
    static var jsonName: String { "a number" }
}

extension Bool: SamplingFieldValue {
    static var jsonName: String { "true or false" }
}

extension String: SamplingListElement {
    static var jsonListName: String { "a string or a list of strings" }
}

extension Array: SamplingFieldValue where Element: SamplingListElement {
    static var jsonName: String { Element.jsonListName }
}

/// The `logit_bias` object as JSON has it: the token ids are strings.
struct BiasTable: SamplingFieldValue {
    static var jsonName: String { "an object from token ids to numbers" }
    let entries: [String: Double]

    init(from decoder: any Decoder) throws {
        entries = try decoder.singleValueContainer().decode([String: Double].self)
    }
}
