import Foundation

/// A file with one JSON value per line, read whole. Empty lines are skipped.
struct JSONLinesFile<Record> {
    /// A record and the line that it stands on, for errors that come later.
    struct Entry {
        let record: Record
        let lineNumber: Int
    }

    /// What errors call the file.
    let name: String
    let entries: [Entry]

    /// - Parameters:
    ///   - path: `-` is standard input.
    ///   - example: what a line looks like, for errors.
    ///   - parse: makes a record of a line; its error is given the file's name and the line's number.
    init(path: String, example: String, parse: (Data) throws(CommandFailure) -> Record) throws(CommandFailure) {
        let reader = try LineReader(path: path)
        var entries: [Entry] = []
        while let line = try reader.next() {
            guard line.contains(where: { $0 != 0x20 && $0 != 0x09 }) else { continue }
            do throws(CommandFailure) {
                entries.append(Entry(record: try parse(line), lineNumber: reader.lineNumber))
            } catch {
                throw .line(reader.lineNumber, of: reader.name, error.description)
            }
        }
        guard !entries.isEmpty else {
            throw CommandFailure("\(reader.name): is empty; write one JSON object per line: \(example)")
        }
        (name, self.entries) = (reader.name, entries)
    }
}
