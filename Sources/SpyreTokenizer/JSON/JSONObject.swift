/// An object of a configuration file, with readers that say where a value of the wrong type is.
struct JSONObject {
    let members: [String: JSONValue]
    /// Name of the file.
    let source: String
    /// Where the object is in the file, for messages; empty for the file itself.
    let path: String

    init(_ value: JSONValue, source: String, path: String) throws(TokenizerError) {
        guard case .object(let members) = value else {
            throw Self.mismatch(value, "an object", source, path.isEmpty ? "the file" : path)
        }
        self.members = members
        self.source = source
        self.path = path
    }

    private static func mismatch(
        _ value: JSONValue, _ wanted: String, _ source: String, _ path: String
    ) -> TokenizerError {
        .malformed(source: source, reason: "\(path) is \(value.kind), not \(wanted)")
    }

    private func place(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    private func mismatch(_ key: String, _ value: JSONValue, _ wanted: String) -> TokenizerError {
        Self.mismatch(value, wanted, source, place(key))
    }

    /// The value, with null as if it were not there.
    func value(_ key: String) -> JSONValue? {
        guard let value = members[key], !value.isNull else { return nil }
        return value
    }

    func string(_ key: String) throws(TokenizerError) -> String? {
        guard let value = value(key) else { return nil }
        guard case .string(let text) = value else { throw mismatch(key, value, "a string") }
        return text
    }

    func bool(_ key: String) throws(TokenizerError) -> Bool? {
        guard let value = value(key) else { return nil }
        guard case .bool(let flag) = value else { throw mismatch(key, value, "a boolean") }
        return flag
    }

    func integer(_ key: String) throws(TokenizerError) -> Int? {
        guard let value = value(key) else { return nil }
        guard case .integer(let number) = value else { throw mismatch(key, value, "an integer") }
        return number
    }

    func object(_ key: String) throws(TokenizerError) -> JSONObject? {
        guard let value = value(key) else { return nil }
        return try JSONObject(value, source: source, path: place(key))
    }

    func array(_ key: String) throws(TokenizerError) -> [JSONValue]? {
        guard let value = value(key) else { return nil }
        guard case .array(let elements) = value else { throw mismatch(key, value, "an array") }
        return elements
    }

    /// The elements of an array of objects.
    func objects(_ key: String) throws(TokenizerError) -> [JSONObject]? {
        guard let elements = try array(key) else { return nil }
        var objects: [JSONObject] = []
        for (index, element) in elements.enumerated() {
            objects.append(try JSONObject(element, source: source, path: "\(place(key))[\(index)]"))
        }
        return objects
    }

    /// A value that has to be there.
    func required<Value>(_ key: String, _ value: Value?) throws(TokenizerError) -> Value {
        guard let value else { throw .malformed(source: source, reason: "\(place(key)) is missing") }
        return value
    }

    func requiredString(_ key: String) throws(TokenizerError) -> String {
        try required(key, try string(key))
    }

    /// An error that names `what`, found in this object, as something that is not implemented.
    func unsupported(_ what: String) -> TokenizerError {
        .unsupported(source: source, feature: path.isEmpty ? what : "\(what) (in \(path))")
    }
}
