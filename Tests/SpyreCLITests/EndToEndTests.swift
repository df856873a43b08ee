import Foundation
import Testing

/// The built executable on the micro checkpoints: nothing of it is replaced.
@Suite struct EndToEndTests {
    private let spyre = SpyreProgram()
    private let model = MicroModels.path("llama-gqa")

    @Test func tokenizeAndBack() throws {
        let texts = ["Hello there", "a\nb  c", "", " x"]
        let input = try texts.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) + "\n" }.joined()
        let tokens = try spyre(["tokenize", "--model", model, "--json"], input: input)
        #expect(tokens.status == 0, "\(tokens.errors)")
        #expect(tokens.errors.isEmpty)
        let rows = try jsonObjects(tokens.output)
        #expect(rows.count == texts.count)
        #expect(rows.allSatisfy { Set($0.keys) == ["ids"] })
        let text = try spyre(["tokenize", "--model", model, "--json", "--decode"], input: tokens.output)
        #expect(try jsonObjects(text.output).map { $0["text"] as? String } == texts)
    }

    @Test(arguments: [9_999_999, -1]) func unknownIDsAreNotDecoded(_ id: Int) throws {
        let answer = try spyre(["tokenize", "--model", model, "--decode"], input: "{\"ids\": [5, \(id)]}\n")
        #expect(answer.status == 1)
        #expect(answer.output.isEmpty)
        #expect(
            answer.errors.hasPrefix("spyre: standard input:1: id \(id) is not in the vocabulary (0..<131); "),
            "\(answer.errors)")
    }

    @Test func tokenizeConversations() throws {
        let line = #"{"messages": [{"role": "user", "content": "Hi"}]}"# + "\n"
        let answer = try spyre(["tokenize", "--model", model, "--chat", "--json"], input: line)
        let row = try #require(try jsonObjects(answer.output).first)
        #expect((row["text"] as? String)?.contains("Hi") == true)
        #expect((row["ids"] as? [Int])?.isEmpty == false)
    }

    @Test func inspect() throws {
        for name in ["llama-gqa", "llama-mha-sharded", "granite.f32.gguf"] {
            let answer = try spyre(["inspect", MicroModels.path(name), "--json"])
            #expect(answer.status == 0, "\(answer.errors)")
            let rows = try jsonObjects(answer.output)
            #expect(rows.count == 1)
            let tensors = try #require(rows.first?["tensors"] as? [[String: Any]])
            #expect(tensors.reduce(0) { $0 + ($1["bytes"] as? Int ?? 0) } == rows.first?["bytes"] as? Int)
            let types = try #require(rows.first?["bytes_by_type"] as? [[String: Any]])
            #expect(types.allSatisfy { $0["held_as"] as? String == "float32" })
            #expect((rows.first?["configuration"] as? [String: Any])?["hidden_size"] as? Int != nil)
        }
        let table = try spyre(["inspect", model])
        #expect(try spyre(["inspect", "--model", model]).output == table.output)
        #expect(try spyre(["inspect", "--model", model, model]).status == 64)
        #expect(table.outputLines.contains { $0.hasPrefix("heads") && $0.hasSuffix(" 4") })
    }

    @Test func inspectGraph() throws {
        let answer = try spyre(["inspect", MicroModels.path("granite"), "--graph", "inductor", "--json"])
        #expect(answer.status == 0, "\(answer.errors)")
        let rows = try jsonObjects(answer.output)
        #expect(rows.first?["pass"] as? String == "recorded")
        #expect(rows.suffix(2).map { $0["pass"] as? String } == ["layout", "memory_plan"])
        let fused = try #require(rows.first { $0["pass"] as? String == "fuse_rope_kv_write" })
        let lines = try #require(fused["lines"] as? [String])
        #expect(lines.count { $0.contains("rope_kv_write(") } == 2)
        let text = try spyre(["inspect", MicroModels.path("granite"), "--graph", "eager"])
        #expect(text.outputLines.first == "# recorded")
    }

    /// Every line says what was wrong and what to do, nothing is on standard output.
    @Test(arguments: [
        (["inspect", "/no/such/model"], 1, "'/no/such/model'; check the path"),
        (["generate", "--model", "/no/such/model", "--prompt", "x"], 1, "/no/such/model"),
        (["generate", "--prompt", "x", "--dtype", "int4"], 64, "'auto', 'float32' or 'bfloat16'"),
        (["chat", "--kv-cache-dtype", "int4"], 64, "- fp8_e4m3 - int8;"),
        (["score", "--kv-cache-memory", "2GB", "--ids-file", "x"], 64, "such as 2GiB"),
        (
            ["generate", "--prompt", "x", "--model", MicroModels.path("llama-gqa"), "--kv-cache-memory", "1KiB"], 1,
            "--kv-cache-memory: one sequence of"
        ),
        (
            ["generate", "--prompt", "x", "--model", MicroModels.path("llama-gqa"), "--kv-cache-memory", "9999TiB"], 1,
            "that are free; give fewer"
        ),
        (["generate", "--prompt", "x", "--backend", "gpu"], 64, "'eager', 'inductor' or 'sendnn'"),
        (["generate", "--prompts-file", "/no/such/file"], 1, "/no/such/file: cannot be read"),
        (["frobnicate"], 64, "unknown command 'frobnicate'; the commands are generate, chat"),
        (["pull", "no-such-model"], 1, "no-such-model"),
    ])
    func mistakes(_ arguments: [String], _ status: Int, _ reason: String) throws {
        let answer = try spyre(arguments)
        #expect(answer.status == Int32(status))
        #expect(answer.output.isEmpty)
        #expect(answer.errorLines.count == 1, "\(answer.errors)")
        #expect(answer.errors.hasPrefix("spyre: "))
        #expect(answer.errors.contains(reason), "\(answer.errors)")
    }

    @Test func missingModelSaysHowToFetchIt() throws {
        try TemporaryFolder.with { folder in
            let alone = SpyreProgram(environment: ["SPYRE_CACHE": folder.path])
            let answer = try alone(["generate", "--prompt", "x"])
            #expect(answer.status == 1)
            #expect(answer.errorLines.count == 1)
            #expect(answer.errors.contains("spyre pull"), "\(answer.errors)")
            let doctor = try alone(["doctor", "--json"])
            #expect(doctor.status == 1)
            #expect(doctor.output.contains("spyre pull smollm2-135m-instruct"))
        }
    }

    @Test func aCacheThatCannotBeWritten() throws {
        try TemporaryFolder.withFile("x") { path in
            let blocked = SpyreProgram(environment: ["SPYRE_CACHE": path])
            let doctor = try blocked(["doctor"])
            #expect(doctor.status == 1)
            let line = "missing  cache              \(path) cannot be written: \(path): Not a directory; "
            #expect(doctor.outputLines.contains { $0.hasPrefix(line) }, "\(doctor.output)")
            let pull = try blocked(["pull"])
            #expect(pull.errors.hasPrefix("spyre: cannot make the folder \(path)/models: Not a directory; "))
        }
    }

    @Test func closedPipeEndsQuietly() throws {
        let process = try spyre.process(["tokenize", "--model", model, "--json"])
        let (input, output, errors) = (Pipe(), Pipe(), Pipe())
        (process.standardInput, process.standardOutput, process.standardError) = (input, output, errors)
        try process.run()
        try output.fileHandleForReading.close()
        let lines = Data(String(repeating: "\"some text to tokenize\"\n", count: 20_000).utf8)
        signal(SIGPIPE, SIG_IGN)
        try? input.fileHandleForWriting.write(contentsOf: lines)
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
        #expect(try errors.fileHandleForReading.readToEnd() ?? Data() == Data())
        #expect([SIGPIPE, 128 + SIGPIPE].contains(process.terminationStatus))
    }

    @Test func interruptEndsWith130() throws {
        let process = try spyre.process(["tokenize", "--model", model, "--json"])
        let (input, output) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput) = (input, output)
        process.standardError = FileHandle.nullDevice
        try process.run()
        // Large enough for the output to be written: then the program is surely past its start.
        let lines = Data(String(repeating: "\"some text to tokenize\"\n", count: 3_000).utf8)
        try input.fileHandleForWriting.write(contentsOf: lines)
        _ = try output.fileHandleForReading.read(upToCount: 1)
        process.interrupt()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == 130)
        try input.fileHandleForWriting.close()
    }
}
