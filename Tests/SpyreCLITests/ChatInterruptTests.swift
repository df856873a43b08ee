import Foundation
import Testing

/// Ctrl-C in `spyre chat`.
@Suite struct ChatInterruptTests {
    @Test func stopsTheAnswerAndThenTheProgram() throws {
        let process = try SpyreProgram().process([
            "chat", "--model", MicroModels.path("llama-gqa"), "--threads", "1", "--max-num-seqs", "1", "--ignore-eos",
            "--temperature", "0", "--quiet",
        ])
        let (input, output, errors) = (Pipe(), Pipe(), Pipe())
        (process.standardInput, process.standardOutput, process.standardError) = (input, output, errors)
        try process.run()
        defer { process.terminate() }

        try input.fileHandleForWriting.write(contentsOf: Data("Hi\n".utf8))
        // An answer has begun: the program counts interrupts now.
        _ = try output.fileHandleForReading.read(upToCount: 1)
        process.interrupt()
        // Whether the answer was stopped or had just ended, the program goes on and says so.
        let first = try read(errors, until: ["stopped", "the context is full", "leaves"])
        #expect(!first.isEmpty)
        #expect(process.isRunning)

        // A line that is typed forgets the interrupts before it, so that the next two are what counts.
        try input.fileHandleForWriting.write(contentsOf: Data("/help\n".utf8))
        _ = try read(errors, until: ["pressed again at the prompt it leaves."])
        process.interrupt()
        _ = try read(errors, until: ["Ctrl-C again or /exit leaves"])
        process.interrupt()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == 130)
    }

    /// What the program writes up to one of these texts, or to its end.
    private func read(_ pipe: Pipe, until marks: [String]) throws -> String {
        var text = ""
        while !marks.contains(where: text.contains) {
            guard let data = try pipe.fileHandleForReading.read(upToCount: 1), !data.isEmpty else { return text }
            text += String(decoding: data, as: UTF8.self)
        }
        return text
    }
}
