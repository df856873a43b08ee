import Foundation

/// The reason in the body of an error, in the forms that servers write it.
enum ErrorMessage {
    private static let longest = 300

    /// One short line: `{"error": {"message": …}}`, `{"error": …}`, `{"message": …}`, `{"detail": …}` or the text
    /// itself.
    static func text(_ bytes: [UInt8]) -> String {
        let whole = String(decoding: bytes.prefix(4096), as: UTF8.self)
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)) else { return shortened(whole) }
        for found in [value["error"]?["message"], value["error"], value["message"], value["detail"]] {
            if case .string(let text)? = found { return shortened(text) }
        }
        return shortened(whole)
    }

    private static func shortened(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return line.count > longest ? line.prefix(longest) + "…" : line
    }
}
