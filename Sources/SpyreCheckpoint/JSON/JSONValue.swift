/// A JSON value (RFC 8259). Integers that fit in 64 bits stay exact.
enum JSONValue: Equatable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Parses a whole text of limited depth and number of values. Duplicate keys are refused.
    ///
    /// - Parameter file: the name for error messages.
    static func parse(_ text: [UInt8], file: String) throws(CheckpointError) -> JSONValue {
        let result: Result<JSONValue, CheckpointError> = text.withUnsafeBytes { bytes in
            do throws(CheckpointError) {
                var cursor = JSONCursor(bytes, file: file, acceptsPythonNumbers: true)
                let value = try cursor.readValue()
                try cursor.readEnd()
                return .success(value)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
