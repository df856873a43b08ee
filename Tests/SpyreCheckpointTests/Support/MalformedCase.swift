import Testing

@testable import SpyreCheckpoint

/// One broken checkpoint and the one error that it has to end with.
struct MalformedCase: Sendable, CustomTestStringConvertible {
    let name: String
    /// Name of the `CheckpointError` case.
    let expected: String
    /// Writes the checkpoint and answers the path to open.
    let write: @Sendable (TemporaryDirectory) throws -> String

    var testDescription: String { "\(name) → \(expected)" }

    /// Opens the checkpoint and checks the error's case and that its description is one printable line.
    func check() throws {
        let directory = try TemporaryDirectory()
        let path = try write(directory)
        let error = #expect(throws: CheckpointError.self, "\(name) was accepted") { try Checkpoint.open(path) }
        guard let error else { return }
        #expect(error.caseName == expected, "\(name): \(error)")
        expectOneLine(error)
    }
}

extension CheckpointError {
    /// The case without its values.
    var caseName: String { Mirror(reflecting: self).children.first?.label ?? "\(self)" }
}

/// A description is one line without control characters, and not endless.
func expectOneLine(_ error: CheckpointError, sourceLocation: SourceLocation = #_sourceLocation) {
    let text = error.description
    #expect(!text.isEmpty && text.unicodeScalars.count < 2000, sourceLocation: sourceLocation)
    #expect(!text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }, sourceLocation: sourceLocation)
}
