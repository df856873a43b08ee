import Foundation
import Testing

@testable import SpyreServer

/// An answer of the server under test.
struct HTTPAnswer: Sendable {
    var status = 0
    /// Names in lower case.
    var headers: [String: String] = [:]
    var body: [UInt8] = []

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The body, or a place in it.
    func json(_ path: JSONStep...) throws -> JSONValue { try JSONParser.parse(body).at(path) }

    /// The events of a stream: their data.
    var events: [String] {
        text.components(separatedBy: "\n\n").filter { !$0.isEmpty }.map {
            $0.hasPrefix("data: ") ? String($0.dropFirst(6)) : "no data: \($0)"
        }
    }

    /// The events without the closing one, parsed; fails when that is missing.
    func chunks() throws -> [JSONValue] {
        try #require(events.last == "[DONE]", "\(text)")
        return try events.dropLast().map { try JSONParser.parse(Array($0.utf8)) }
    }
}

/// A step into a JSON value.
enum JSONStep: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    case name(String)
    case place(Int)

    init(stringLiteral name: String) { self = .name(name) }
    init(integerLiteral place: Int) { self = .place(place) }
}

extension JSONValue {
    func at(_ path: [JSONStep]) throws -> JSONValue {
        var value = self
        for step in path {
            switch (step, value) {
            case (.name(let name), .object(let object)):
                value = try #require(object[name], "no \(name) in \(value)")
            case (.place(let place), .array(let elements)):
                try #require(elements.indices.contains(place), "no \(place) in \(value)")
                value = elements[place]
            default: throw NotThere(description: "no \(step) in \(value)")
            }
        }
        return value
    }

    func at(_ path: JSONStep...) throws -> JSONValue { try at(path) }

    struct NotThere: Error, CustomStringConvertible { let description: String }

    var string: String? { if case .string(let text) = self { text } else { nil } }
    var int: Int? { if case .integer(let value) = self { value } else { nil } }
    var double: Double? { FieldReader.number(self) }
    var list: [JSONValue]? { if case .array(let list) = self { list } else { nil } }
    /// Whether an object has the member.
    func has(_ name: String) -> Bool { if case .object(let object) = self { object[name] != nil } else { false } }
}
