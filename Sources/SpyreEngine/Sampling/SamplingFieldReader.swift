/// Reads single fields of a sampling object and turns every fault into an error that names the field.
struct SamplingFieldReader {
    let defaults: SamplingParams
    private let container: KeyedDecodingContainer<AnyField>

    init(_ decoder: any Decoder) throws {
        container = try decoder.container(keyedBy: AnyField.self)
        defaults = Self.value(.samplingDefaults, of: decoder) ?? SamplingParams()
        let others: Set<String> = Self.value(.samplingOtherFields, of: decoder) ?? []
        let unknown = container.allKeys.map(\.stringValue).filter {
            SamplingParams.Field(rawValue: $0) == nil && !others.contains($0)
        }
        // The least name, because the order of a JSON object's keys is not kept.
        if let name = unknown.min() {
            let known = SamplingParams.Field.allCases.map(\.rawValue)
            throw SamplingParamsError.unknownField(field: Self.printable(name), known: known)
        }
    }

    /// A number, flag or list. Null and absent leave `value` alone.
    func read<Value: SamplingFieldValue>(_ field: SamplingParams.Field, into value: inout Value) throws {
        guard let given = try decode(Value.self, field) else { return }
        value = given
    }

    /// An optional field whose null and absent both leave the default.
    func read<Value: SamplingFieldValue>(_ field: SamplingParams.Field, into value: inout Value?) throws {
        guard let given = try decode(Value.self, field) else { return }
        value = given
    }

    /// An optional field for which null is a value of its own.
    func readLimit(_ field: SamplingParams.Field, into value: inout Int?) throws {
        guard container.contains(AnyField(field.rawValue)) else { return }
        value = try decode(Int.self, field)
    }

    /// A list of strings, or one string that stands for a list of one.
    func readStringOrStrings(_ field: SamplingParams.Field, into value: inout [String]) throws {
        if let one = try? container.decodeIfPresent(String.self, forKey: AnyField(field.rawValue)) {
            value = [one]
        } else {
            try read(field, into: &value)
        }
    }

    /// An object from token ids (JSON keys are strings) to numbers.
    func readBiases(_ field: SamplingParams.Field, into value: inout [Int: Float]) throws {
        guard let given = try decode(BiasTable.self, field) else { return }
        var biases: [Int: Float] = [:]
        for (key, bias) in given.entries.sorted(by: { $0.key < $1.key }) {
            guard let token = Int(key) else {
                throw SamplingParamsError.wrongType(
                    field: field.rawValue, expected: BiasTable.jsonName,
                    got: "the key \"\(Self.printable(key))\"")
            }
            guard biases.updateValue(Float(bias), forKey: token) == nil else {
                throw SamplingParamsError.conflict(field: field.rawValue, reason: "names the token id \(token) twice")
            }
        }
        value = biases
    }

    private func decode<Value: SamplingFieldValue>(_ type: Value.Type, _ field: SamplingParams.Field) throws -> Value? {
        let key = AnyField(field.rawValue)
        do {
            return try container.decodeIfPresent(Value.self, forKey: key)
        } catch {
            // Not only DecodingError: JSONDecoder has an error of its own for numbers that do not fit the type.
            throw SamplingParamsError.wrongType(
                field: field.rawValue, expected: Value.jsonName, got: kindOfValue(at: key))
        }
    }

    private func kindOfValue(at key: AnyField) -> String {
        if let flag = try? container.decode(Bool.self, forKey: key) { return flag ? "true" : "false" }
        if let text = try? container.decode(String.self, forKey: key) {
            return "the string \"\(Self.printable(text))\""
        }
        if let number = try? container.decode(Double.self, forKey: key) { return "\(number)" }
        if (try? container.nestedUnkeyedContainer(forKey: key)) != nil { return "a list" }
        if (try? container.nestedContainer(keyedBy: AnyField.self, forKey: key)) != nil { return "an object" }
        return "a number out of range"
    }

    private static func value<Value>(_ key: CodingUserInfoKey?, of decoder: any Decoder) -> Value? {
        key.flatMap { decoder.userInfo[$0] as? Value }
    }

    /// Text from a user, short and on one line.
    private static func printable(_ text: String) -> String {
        let short = text.unicodeScalars.prefix(40).map { $0.escaped(asASCII: false) }.joined()
        return text.unicodeScalars.count > 40 ? short + "…" : short
    }

    private struct AnyField: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
