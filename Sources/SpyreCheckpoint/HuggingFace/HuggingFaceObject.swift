/// Typed access to one object of a configuration file. A JSON null counts as absent, as in transformers.
struct HuggingFaceObject {
    let members: [String: JSONValue]
    let file: String
    /// Path of the object inside the file, for error messages ("rope_scaling.").
    let prefix: String

    init(_ members: [String: JSONValue], file: String, prefix: String = "") {
        self.members = members
        self.file = file
        self.prefix = prefix
    }

    /// Reads and parses a whole file.
    init(path: String) throws(CheckpointError) {
        let text = try FileDescriptor(path: path).readAll(limit: Limits.configurationBytes)
        guard case .object(let members) = try JSONValue.parse(text, file: path) else {
            throw .wrongFieldType(file: path, field: "the top level", expected: "an object")
        }
        self.init(members, file: path)
    }

    /// The value, nil when absent or null.
    func value(_ field: String) -> JSONValue? {
        guard let value = members[field], value != .null else { return nil }
        return value
    }

    func integer(_ field: String) throws(CheckpointError) -> Int? {
        switch value(field) {
        case nil: return nil
        case .integer(let value): return value
        default: throw wrongType(field, "an integer below 2^63")
        }
    }

    func integer(_ field: String, in range: ClosedRange<Int>) throws(CheckpointError) -> Int? {
        guard let value = try integer(field) else { return nil }
        return try ConfigurationFields(file: file).bounded(value, prefix + field, in: range)
    }

    func required(_ field: String, in range: ClosedRange<Int>) throws(CheckpointError) -> Int {
        guard let value = try integer(field, in: range) else { throw missing(field) }
        return value
    }

    func number(_ field: String, in range: ClosedRange<Double>) throws(CheckpointError) -> Double? {
        let number: Double
        switch value(field) {
        case nil: return nil
        case .integer(let value): number = Double(value)
        case .number(let value): number = value
        default: throw wrongType(field, "a number")
        }
        return try ConfigurationFields(file: file).bounded(number, prefix + field, in: range)
    }

    func required(_ field: String, in range: ClosedRange<Double>) throws(CheckpointError) -> Double {
        guard let value = try number(field, in: range) else { throw missing(field) }
        return value
    }

    func bool(_ field: String) throws(CheckpointError) -> Bool? {
        switch value(field) {
        case nil: return nil
        case .bool(let value): return value
        default: throw wrongType(field, "true or false")
        }
    }

    func string(_ field: String) throws(CheckpointError) -> String? {
        switch value(field) {
        case nil: return nil
        case .string(let value): return value
        default: throw wrongType(field, "a string")
        }
    }

    func strings(_ field: String) throws(CheckpointError) -> [String]? {
        guard let value = value(field) else { return nil }
        guard case .array(let elements) = value else { throw wrongType(field, "an array of strings") }
        var strings: [String] = []
        for element in elements {
            guard case .string(let text) = element else { throw wrongType(field, "an array of strings") }
            strings.append(text)
        }
        return strings
    }

    func object(_ field: String) throws(CheckpointError) -> HuggingFaceObject? {
        guard let value = value(field) else { return nil }
        guard case .object(let members) = value else { throw wrongType(field, "an object") }
        return HuggingFaceObject(members, file: file, prefix: prefix + field + ".")
    }

    func missing(_ field: String) -> CheckpointError { .missingField(file: file, field: prefix + field) }

    func wrongType(_ field: String, _ expected: String) -> CheckpointError {
        .wrongFieldType(file: file, field: prefix + field, expected: expected)
    }

    func unsupported(_ field: String, _ found: String, supported: String) -> CheckpointError {
        .unsupportedFeature(file: file, field: prefix + field, found: found, supported: supported)
    }
}
