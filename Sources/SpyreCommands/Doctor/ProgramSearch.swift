import Foundation
import SpyreEngine

/// Looks for other programs.
enum ProgramSearch {
    /// The first executable file of that name in PATH.
    static func path(of program: String, environment: [String: String]) -> String? {
        for folder in (environment["PATH"] ?? "").split(separator: ":") {
            let path = folder + "/" + program
            if access(String(path), X_OK) == 0 { return String(path) }
        }
        return nil
    }

    /// First line of what a program prints; nil when it cannot be run or fails.
    static func firstLine(of path: String, _ arguments: [String], environment: [String: String]) -> String? {
        let output = Pipe()
        let child = try? ChildProcess(
            path, arguments, environment: environment, output: output.fileHandleForWriting.fileDescriptor, errors: nil)
        guard var child else { return nil }
        // The end of the output is seen only when nobody can write any more.
        try? output.fileHandleForWriting.close()
        let data = (try? output.fileHandleForReading.readToEnd()) ?? Data()
        guard (try? child.wait()) == 0 else { return nil }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").first.map { OneLine.text(String($0)) }
    }
}
