import Foundation

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
    static func firstLine(of path: String, _ arguments: [String]) -> String? {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let data = (try? output.fileHandleForReading.readToEnd()) ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return nil }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").first.map { OneLine.text(String($0)) }
    }
}
