import Foundation

/// Decodes one line of a file of JSON values, with errors for people.
enum JSONRecord {
    /// - Parameter expected: what the line should be, `{"ids": [1, 2, 3]}` say.
    static func decode<Value: Decodable>(
        _ type: Value.Type, from line: Data, expected: String
    ) throws(CommandFailure) -> Value {
        do {
            return try JSONDecoder().decode(type, from: line)
        } catch let error as DecodingError {
            throw CommandFailure(reason(error, expected))
        } catch {
            // JSONDecoder has an error of its own for numbers that do not fit the type.
            throw CommandFailure("expected \(expected), found a number that does not fit")
        }
    }

    private static func reason(_ error: DecodingError, _ expected: String) -> String {
        switch error {
        case .keyNotFound(let key, _): "\(key.stringValue) is missing; expected \(expected)"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "\(place(context))has the wrong type; expected \(expected)"
        case .dataCorrupted(let context) where context.codingPath.isEmpty:
            "is not valid JSON; expected \(expected)"
        case .dataCorrupted(let context): "\(place(context))\(context.debugDescription); expected \(expected)"
        @unknown default: "cannot be read; expected \(expected)"
        }
    }

    private static func place(_ context: DecodingError.Context) -> String {
        let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? OneLine.text($0.stringValue) }
        return path.isEmpty ? "the value " : path.joined() + " "
    }
}
