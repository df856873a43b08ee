import Foundation

/// A folder that lives as long as a test needs it.
enum TemporaryFolder {
    static func with<R>(_ body: (URL) throws -> R) throws -> R {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("spyre-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }

    /// The path of a file with this content, for the call only.
    static func withFile<R>(_ content: String, name: String = "file.jsonl", _ body: (String) throws -> R) throws -> R {
        try with { folder in
            let file = folder.appendingPathComponent(name)
            try Data(content.utf8).write(to: file)
            return try body(file.path)
        }
    }
}
