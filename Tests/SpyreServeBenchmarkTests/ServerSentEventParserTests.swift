import Testing

@testable import SpyreServeBenchmark

struct ServerSentEventParserTests {
    private func events(_ pieces: [[UInt8]]) throws -> [String] {
        var parser = ServerSentEventParser()
        var events: [String] = []
        for piece in pieces {
            try parser.feed(piece.span) { event in events.append(String(decoding: event, as: UTF8.self)) }
        }
        return events
    }

    /// The text whole, byte by byte, and cut in two at every place.
    private func expect(_ text: String, _ expected: [String], _ location: SourceLocation = #_sourceLocation) throws {
        let bytes = [UInt8](text.utf8)
        #expect(try events([bytes]) == expected, sourceLocation: location)
        #expect(try events(bytes.map { [$0] }) == expected, sourceLocation: location)
        for cut in bytes.indices {
            let pieces = [Array(bytes[..<cut]), Array(bytes[cut...])]
            #expect(try events(pieces) == expected, "cut at \(cut)", sourceLocation: location)
        }
    }

    @Test func eventsEndWithEmptyLines() throws {
        try expect("data: a\n\ndata: b\n\ndata: [DONE]\n\n", ["a", "b", "[DONE]"])
    }

    @Test func anyLineEndWillDo() throws {
        try expect("data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"])
        try expect("data: a\r\rdata: b\r\r", ["a", "b"])
        try expect("data: a\r\n\ndata: b\n\r\n", ["a", "b"])
    }

    @Test func commentsAndOtherFieldsArePassedOver() throws {
        try expect(": ping\n\nevent: x\nid: 7\ndata: a\nretry: 10\ndatabase: no\n\n: ping\n\n", ["a"])
    }

    @Test func severalDataLinesAreOneEvent() throws {
        try expect("data: a\ndata: b\ndata:\ndata: c\n\n", ["a\nb\n\nc"])
    }

    @Test func onlyOneSpaceIsTakenAway() throws {
        try expect("data:a\n\ndata:  b \n\ndata\n\n", ["a", " b ", ""])
    }

    @Test func byteOrderMarkIsPassedOver() throws {
        try expect("\u{FEFF}data: a\n\ndata: é\n\n", ["a", "é"])
    }

    @Test func whatHasNoEndIsNoEvent() throws {
        try expect("data: a\n\ndata: b\n", ["a"])
        try expect("data: a", [])
    }

    @Test func anEndlessEventIsRefused() throws {
        var parser = ServerSentEventParser()
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
        #expect(throws: StreamProblem.malformed("an event is too long")) {
            for _ in 0..<18 { try parser.feed(piece.span) { _ in } }
        }
    }
}
