import Foundation

/// Reads a file or standard input line by line, as bytes, in memory that one line and one chunk take.
final class LineReader {
    enum Line: Equatable {
        /// Without its line break.
        case text(Data)
        case end
        /// Ctrl-C came while the reader waited. The next reading goes on.
        case interrupted
    }

    /// A longer line ends the reading with an error: it is not a file of lines.
    static let greatestLine = 64 << 20
    private static let chunk = 64 << 10
    private static let lineFeed: UInt8 = 0x0A
    private static let carriageReturn: UInt8 = 0x0D

    /// What errors call the input.
    let name: String
    private(set) var lineNumber = 0
    private let descriptor: Int32
    /// What was read and not given out yet; no line break lies before `searched`.
    private var buffer = Data()
    private var searched = 0
    private var isAtEnd = false

    /// - Parameter path: `-` is standard input.
    init(path: String) throws(CommandFailure) {
        if path == "-" {
            (name, descriptor) = ("standard input", STDIN_FILENO)
            return
        }
        let opened = open(path, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else { throw Self.failure(OneLine.text(path), errno) }
        var status = stat()
        guard fstat(opened, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
            close(opened)
            throw CommandFailure("\(OneLine.text(path)): is a directory; give a file with one JSON object per line")
        }
        (name, descriptor) = (OneLine.text(path), opened)
    }

    deinit {
        if descriptor != STDIN_FILENO { close(descriptor) }
    }

    /// The next line without its line break; nil at the end.
    func next() throws(CommandFailure) -> Data? {
        guard case .text(let line) = try read(interruptible: false) else { return nil }
        return line
    }

    /// - Parameter interruptible: waits for `Interruption` too, which has to count interrupts.
    func read(interruptible: Bool) throws(CommandFailure) -> Line {
        while true {
            if let line = try takeLine() { return .text(line) }
            if isAtEnd { return .end }
            if interruptible, Interruption.comesBeforeInput(descriptor) { return .interrupted }
            try fill()
        }
    }

    /// A whole line of the buffer, or what is left at the end of the file.
    private func takeLine() throws(CommandFailure) -> Data? {
        let unsearched = buffer.index(buffer.startIndex, offsetBy: searched)
        let lineFeed = buffer[unsearched...].firstIndex(of: Self.lineFeed)
        guard lineFeed != nil || (isAtEnd && !buffer.isEmpty) else {
            searched = buffer.count
            guard searched <= Self.greatestLine else {
                throw .line(
                    lineNumber + 1, of: name,
                    "the line is longer than \(Self.greatestLine) bytes; is this a file of lines?")
            }
            return nil
        }
        var line = Data(buffer[..<(lineFeed ?? buffer.endIndex)])
        buffer = lineFeed.map { buffer[($0 + 1)...] } ?? Data()
        searched = 0
        lineNumber += 1
        if line.last == Self.carriageReturn { line.removeLast() }
        return line
    }

    private func fill() throws(CommandFailure) {
        var bytes = [UInt8](repeating: 0, count: Self.chunk)
        var count = Foundation.read(descriptor, &bytes, bytes.count)
        while count < 0, errno == EINTR { count = Foundation.read(descriptor, &bytes, bytes.count) }
        guard count >= 0 else { throw Self.failure(name, errno) }
        isAtEnd = count == 0
        // A copy, so that the part that was given out is let go.
        buffer = Data(buffer) + bytes.prefix(count)
    }

    private static func failure(_ name: String, _ code: Int32) -> CommandFailure {
        let reason = String(cString: strerror(code))
        let advice =
            switch code {
            case ENOENT, ENOTDIR: "check the path"
            case EACCES: "check its permissions"
            default: "give another file"
            }
        return CommandFailure("\(name): cannot be read: \(reason); \(advice)")
    }
}
