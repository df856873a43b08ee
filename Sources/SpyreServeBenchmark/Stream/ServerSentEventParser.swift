/// Takes a stream of server-sent events apart (WHATWG HTML, section 9.2.6), in pieces of any size.
///
/// Only the `data` field matters here: comments and other fields are passed over. Lines end with CR, LF or both.
package struct ServerSentEventParser {
    /// A longer event is an attack or a mistake.
    package static let greatestEvent = 16 << 20

    private static let lineFeed: UInt8 = 0x0A
    private static let carriageReturn: UInt8 = 0x0D
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    private static let fieldName = [UInt8]("data".utf8)

    /// A line whose end has not come yet.
    private var line: [UInt8] = []
    /// The data of the event whose end has not come yet.
    private var data: [UInt8] = []
    private var hasData = false
    private var endedWithCarriageReturn = false
    private var isFirstLine = true

    package init() {}

    /// - Parameter event: called with the data of each event that is complete; several data lines have line feeds
    ///   between them.
    package mutating func feed(_ bytes: Span<UInt8>, event: ([UInt8]) throws(StreamProblem) -> Void)
        throws(StreamProblem)
    {
        var start = 0
        for index in bytes.indices {
            let byte = bytes[index]
            guard byte == Self.lineFeed || byte == Self.carriageReturn else {
                endedWithCarriageReturn = false
                continue
            }
            // The second half of CR LF ends nothing.
            if byte == Self.lineFeed, endedWithCarriageReturn {
                endedWithCarriageReturn = false
                start = index + 1
                continue
            }
            endedWithCarriageReturn = byte == Self.carriageReturn
            append(bytes.extracting(start..<index))
            start = index + 1
            try endLine(event)
        }
        append(bytes.extracting(start..<bytes.count))
        guard line.count + data.count <= Self.greatestEvent else { throw .malformed("an event is too long") }
    }

    private mutating func append(_ bytes: Span<UInt8>) {
        guard !bytes.isEmpty else { return }
        bytes.withUnsafeBufferPointer { line.append(contentsOf: $0) }
    }

    private mutating func endLine(_ event: ([UInt8]) throws(StreamProblem) -> Void) throws(StreamProblem) {
        defer { line.removeAll(keepingCapacity: true) }
        if isFirstLine {
            isFirstLine = false
            if line.starts(with: Self.byteOrderMark) { line.removeFirst(Self.byteOrderMark.count) }
        }
        guard !line.isEmpty else {
            defer {
                data.removeAll(keepingCapacity: true)
                hasData = false
            }
            if hasData { try event(data) }
            return
        }
        guard line.starts(with: Self.fieldName) else { return }
        var value = Self.fieldName.count
        if value < line.count {
            // A field of another name that begins in the same way.
            guard line[value] == UInt8(ascii: ":") else { return }
            value += 1
            if value < line.count, line[value] == UInt8(ascii: " ") { value += 1 }
        }
        if hasData { data.append(Self.lineFeed) }
        data.append(contentsOf: line[value...])
        hasData = true
        guard data.count <= Self.greatestEvent else { throw .malformed("an event is too long") }
    }
}
