import Foundation
import SpyreTokenizer
import Testing

/// Templates with what jinja2 made of them, recorded by the scripts in Fixtures/chat-templates.
struct ChatTemplateCorpus {
    enum Expectation {
        case text(String)
        case raised(String)
        case failure
    }

    let header: TemplateMapping
    let rows: [TemplateMapping]

    static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/chat-templates")

    init(named name: String) throws { try self.init(file: Self.directory.appendingPathComponent(name)) }

    init(file: URL) throws {
        let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        let lines = try text.utf8.split(separator: UInt8(ascii: "\n")).map { line -> TemplateMapping in
            guard case .mapping(let row) = try TemplateValue(json: String(decoding: Array(line), as: UTF8.self)) else {
                throw ChatTemplateError.invalidMessage("a corpus line is not an object")
            }
            return row
        }
        header = try #require(lines.first)
        rows = Array(lines.dropFirst())
    }

    static func expectation(of row: TemplateMapping) throws -> Expectation {
        if case .string(let text)? = row["text"] { return .text(text) }
        if case .string(let message)? = row["raised"] { return .raised(message) }
        _ = try #require(row["error"])
        return .failure
    }

    /// A parsed template whose clock stands where the scripts have theirs.
    static func template(_ source: String) throws(ChatTemplateError) -> ChatTemplate {
        try ChatTemplate(
            source: source, clock: { Date(timeIntervalSince1970: 1_753_000_000) }, timeZone: .gmt)
    }

    /// Compares a rendering with the expectation; returns what differs.
    static func difference(
        _ expectation: Expectation, _ render: () throws(ChatTemplateError) -> String
    ) -> String? {
        let outcome: Result<String, ChatTemplateError> = Result(catching: render)
        switch (expectation, outcome) {
        case (.text(let expected), .success(let text)):
            return expected.utf8.elementsEqual(text.utf8)
                ? nil : "expected \(expected.debugDescription), got \(text.debugDescription)"
        case (.raised(let expected), .failure(.raised(_, let message))):
            return expected == message ? nil : "expected the message '\(expected)', got '\(message)'"
        case (.failure, .failure(.raised)): return "expected a failure, but the template raised"
        case (.failure, .failure): return nil
        case (_, .success(let text)): return "expected \(expectation), got \(text.debugDescription)"
        case (_, .failure(let error)): return "expected \(expectation), got \(error)"
        }
    }

    static func variables(_ mapping: TemplateMapping) -> [String: TemplateValue] {
        Dictionary(uniqueKeysWithValues: mapping.map { ($0.key, $0.value) })
    }

    func mapping(_ key: String) throws -> TemplateMapping {
        guard case .mapping(let mapping)? = header[key] else {
            throw ChatTemplateError.invalidMessage("the corpus has no '\(key)'")
        }
        return mapping
    }
}

extension TemplateMapping {
    func string(_ key: String) throws -> String {
        guard case .string(let text)? = self[key] else { throw ChatTemplateError.invalidMessage("no '\(key)'") }
        return text
    }
}
