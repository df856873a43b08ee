import Foundation
import Testing

@testable import SpyreEngine

@Suite struct ChildProcessTests {
    /// Runs a shell script; its standard output and status.
    private func run(_ script: String, environment: [String: String] = [:]) throws -> (output: String, status: Int32) {
        let pipe = Pipe()
        var child = try ChildProcess(
            "/bin/sh", ["-c", script], environment: environment,
            output: pipe.fileHandleForWriting.fileDescriptor, errors: nil)
        try pipe.fileHandleForWriting.close()
        let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
        let status = try child.wait()
        // Asked again it says the same.
        #expect(try child.poll() == status)
        return (String(decoding: bytes, as: UTF8.self), status)
    }

    @Test func outputArgumentsAndEnvironment() throws {
        let answer = try run("echo \"$WORD\"; echo lost >&2; read line || exit 7", environment: ["WORD": "a  b"])
        #expect(answer.output == "a  b\n")
        #expect(answer.status == 7)
    }

    @Test func signalsEndAsInAShell() throws {
        #expect(try run("kill -TERM $$").status == 128 + SIGTERM)
    }

    @Test func aProgramThatIsNotThere() throws {
        let error = #expect(throws: (any Error).self) {
            try ChildProcess("/no/such/program", [], environment: [:], output: STDOUT_FILENO, errors: nil)
        }
        #expect((error as NSError?)?.domain == NSPOSIXErrorDomain)
        #expect((error as NSError?)?.code == Int(ENOENT))
    }
}
