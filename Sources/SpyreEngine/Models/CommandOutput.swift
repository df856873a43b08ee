import Foundation

/// What a failed program printed, for one-line messages.
struct CommandOutput {
    let lines: [Substring]

    init(_ text: String) {
        lines = text.split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) }
    }

    /// The last line that says something, without pip's own notices, cut to a readable length.
    var lastLine: String? {
        let line = lines.last { !$0.hasPrefix("[notice]") && !$0.hasPrefix("WARNING:") } ?? lines.last
        return line.map { Self.shortened(String($0)) }
    }

    func contains(_ parts: String...) -> Bool {
        lines.contains { line in parts.contains { line.range(of: $0, options: .caseInsensitive) != nil } }
    }

    /// The innermost reason of a connection that failed: what stands after the last colon of its warning.
    var connectionFailure: String? {
        let signs = ["connection broken", "Failed to establish", "Temporary failure in name resolution", "timed out"]
        let line = lines.last { line in signs.contains { line.range(of: $0, options: .caseInsensitive) != nil } }
        guard let line else { return nil }
        for reason in Self.reasons where line.range(of: reason, options: .caseInsensitive) != nil { return reason }
        return "connection failed"
    }

    private static let reasons = [
        "Temporary failure in name resolution", "Name or service not known", "Network is unreachable",
        "Connection refused", "No route to host", "timed out", "Cannot connect to proxy", "certificate verify failed",
        "Connection reset by peer",
    ]

    private static func shortened(_ line: String) -> String {
        let limit = 300
        let printable = String(
            line.filter { !$0.unicodeScalars.contains { $0.properties.generalCategory == .control } })
        return printable.count > limit ? printable.prefix(limit) + "…" : printable
    }
}
