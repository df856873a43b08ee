import SpyreTokenizer

/// Reads the fields of a request's object. Null counts as absent, as in vLLM. Every fault names its field.
struct FieldReader {
    let object: JSONObject
    /// The place of the object in the body, such as `stream_options`; empty for the body itself.
    private let path: String

    /// - Throws: for a body that is no object.
    init(body: [UInt8]) throws(APIError) {
        guard case .object(let object) = try JSONParser.parse(body) else {
            throw APIError(.badRequest, "the body must be a JSON object")
        }
        self.init(object, path: "")
    }

    init(_ object: JSONObject, path: String) {
        self.object = object
        self.path = path
    }

    func place(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    func fail(_ name: String, _ reason: String) -> APIError { .field(place(name), reason) }

    private func wrongType(_ name: String, _ wanted: String, _ value: JSONValue) -> APIError {
        fail(name, "must be \(wanted), got \(value.kind)")
    }

    /// The value; nil when it is absent or null.
    func value(_ name: String) -> JSONValue? {
        guard let value = object[name], !value.isNull else { return nil }
        return value
    }

    func string(_ name: String) throws(APIError) -> String? {
        guard let value = value(name) else { return nil }
        guard case .string(let text) = value else { throw wrongType(name, "a string", value) }
        return text
    }

    func bool(_ name: String) throws(APIError) -> Bool? {
        guard let value = value(name) else { return nil }
        guard case .bool(let flag) = value else { throw wrongType(name, "true or false", value) }
        return flag
    }

    func integer(_ name: String) throws(APIError) -> Int? {
        guard let value = value(name) else { return nil }
        guard let integer = Self.integer(value) else { throw wrongType(name, "an integer", value) }
        return integer
    }

    func integer(_ name: String, in range: ClosedRange<Int>) throws(APIError) -> Int? {
        guard let integer = try integer(name) else { return nil }
        guard range.contains(integer) else {
            let wanted =
                range.upperBound == .max
                ? "an integer of at least \(range.lowerBound)"
                : "an integer in \(range.lowerBound)...\(range.upperBound)"
            throw fail(name, "must be \(wanted), got \(integer)")
        }
        return integer
    }

    func number(_ name: String) throws(APIError) -> Double? {
        guard let value = value(name) else { return nil }
        guard let number = Self.number(value) else { throw wrongType(name, "a number", value) }
        return number
    }

    func object(_ name: String) throws(APIError) -> FieldReader? {
        guard let value = value(name) else { return nil }
        guard case .object(let object) = value else { throw wrongType(name, "an object", value) }
        return FieldReader(object, path: place(name))
    }

    func array(_ name: String) throws(APIError) -> [JSONValue]? {
        guard let value = value(name) else { return nil }
        guard case .array(let elements) = value else { throw wrongType(name, "a list", value) }
        return elements
    }

    func integers(_ name: String) throws(APIError) -> [Int]? {
        guard let value = value(name) else { return nil }
        guard let integers = Self.integers(value) else { throw wrongType(name, "a list of integers", value) }
        return integers
    }

    /// A list of strings, or one string that stands for a list of one.
    func strings(_ name: String) throws(APIError) -> [String]? {
        guard let value = value(name) else { return nil }
        if case .string(let text) = value { return [text] }
        guard let strings = Self.strings(value) else { throw wrongType(name, "a string or a list of strings", value) }
        return strings
    }

    /// A value as chat templates take it.
    func templateValue(_ name: String) throws(APIError) -> TemplateValue? {
        guard let value = value(name) else { return nil }
        guard let converted = value.templateValue else { throw fail(name, "has a number that is none") }
        return converted
    }

    // MARK: Values of lists

    /// A whole number may come as a float: some clients write 1.0.
    static func integer(_ value: JSONValue) -> Int? {
        switch value {
        case .integer(let integer): integer
        case .number(let number): Int(exactly: number)
        default: nil
        }
    }

    static func number(_ value: JSONValue) -> Double? {
        switch value {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        default: nil
        }
    }

    static func integers(_ value: JSONValue) -> [Int]? {
        guard case .array(let elements) = value else { return nil }
        var integers: [Int] = []
        integers.reserveCapacity(elements.count)
        for element in elements {
            guard let integer = integer(element) else { return nil }
            integers.append(integer)
        }
        return integers
    }

    static func strings(_ value: JSONValue) -> [String]? {
        guard case .array(let elements) = value else { return nil }
        var strings: [String] = []
        for element in elements {
            guard case .string(let text) = element else { return nil }
            strings.append(text)
        }
        return strings
    }
}
