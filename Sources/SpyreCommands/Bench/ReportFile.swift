import Foundation
import SpyreBenchmark

/// Where `--report` writes its page.
struct ReportFile {
    let path: String

    /// Finds out before minutes of measuring whether the file can be written. A file that is there is kept until the
    /// page is complete.
    func check() throws(CommandFailure) {
        let url = URL(fileURLWithPath: path)
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
            guard !isFolder.boolValue else { throw failure("it is a folder") }
            guard FileManager.default.isWritableFile(atPath: path) else { throw failure("it must not be written") }
            return
        }
        let folder = url.deletingLastPathComponent().path
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            throw failure("there is no folder \(OneLine.text(folder))")
        }
        guard FileManager.default.isWritableFile(atPath: folder) else {
            throw failure("its folder must not be written")
        }
    }

    func write(_ page: ReportPage) throws(CommandFailure) { try write(html: page.html) }

    func write(html: String) throws(CommandFailure) {
        do {
            try Data(html.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw failure(OneLine.text(error.localizedDescription))
        }
    }

    private func failure(_ reason: String) -> CommandFailure {
        CommandFailure("cannot write the report \(OneLine.quoted(path)): \(reason); choose another file")
    }
}
