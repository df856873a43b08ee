import Foundation
import SpyreEngine
import Testing

@testable import SpyreCommands

@Suite struct InputFileTests {
    private func prompts(_ text: String, defaults: SamplingParams = SamplingParams()) throws -> [PromptRecord] {
        try TemporaryFolder.withFile(text) { path in
            let file = try JSONLinesFile(path: path, example: PromptRecord.expected) {
                line throws(CommandFailure) in try PromptRecord(line: line, defaults: defaults)
            }
            return file.entries.map(\.record)
        }
    }

    @Test func promptsAndIDsWithSamplingFields() throws {
        var defaults = SamplingParams()
        defaults.temperature = 0
        defaults.maxTokens = 9
        let records = try prompts(
            """
            {"prompt": "Hé 🌍\\n", "max_tokens": 3, "stop": "."}

            {"prompt_ids": [1, 2], "seed": 4}\r
            """, defaults: defaults)
        var first = defaults
        first.maxTokens = 3
        first.stop = ["."]
        var second = defaults
        second.seed = 4
        #expect(
            records == [
                PromptRecord(prompt: .text("Hé 🌍\n"), params: first),
                PromptRecord(prompt: .tokens([1, 2]), params: second),
            ])
    }

    @Test(arguments: [
        ("{}", "has no prompt; expected {\"prompt\": \"…\"} or"),
        (#"{"prompt": "a", "prompt_ids": [1]}"#, "has both prompt and prompt_ids"),
        (#"{"prompt": 3}"#, "prompt has the wrong type"),
        (#"{"prompt_ids": [1, "b"]}"#, "prompt_ids[1] has the wrong type"),
        (#"{"prompt": "a""#, "is not valid JSON"),
        (#""a""#, "has the wrong type"),
        (#"{"prompt": "a", "temperatur": 1}"#, "unknown sampling field temperatur; the fields are n, temperature"),
        (#"{"prompt": "a", "top_k": "many"}"#, "top_k must be an integer, got the string \"many\""),
        (#"{"prompt_ids": [99999999999999999999999]}"#, "expected"),
    ])
    func faultsNameFileAndLine(_ line: String, _ reason: String) throws {
        let text = "{\"prompt\": \"fine\"}\n\n" + line + "\n"
        #expect { try prompts(text) } throws: { error in
            let message = "\(error)"
            #expect(message.contains("file.jsonl:3: "), "\(message)")
            #expect(message.contains(reason), "\(message)")
            #expect(!message.contains("\n"))
            return true
        }
    }

    @Test func missingFileDirectoryAndEmptyFile() throws {
        #expect(throws: CommandFailure("/no/such: cannot be read: No such file or directory; check the path")) {
            try LineReader(path: "/no/such")
        }
        _ = try TemporaryFolder.with { folder in
            #expect {
                try LineReader(path: folder.path)
            } throws: { "\($0)".hasSuffix("is a directory; give a file with one JSON object per line") }
        }
        #expect { try prompts("\n \n") } throws: { "\($0)".contains("is empty; write one JSON object per line") }
    }

    @Test func linesAreCutAtLineFeedsOnly() throws {
        try TemporaryFolder.withFile("a\u{2028}b\r\nc\u{0}d\n\nlast") { path in
            let reader = try LineReader(path: path)
            var lines: [String] = []
            while let line = try reader.next() { lines.append(String(decoding: line, as: UTF8.self)) }
            #expect(lines == ["a\u{2028}b", "c\u{0}d", "", "last"])
            #expect(reader.lineNumber == 4)
        }
    }

    @Test func idsMayHaveOtherFieldsBesides() throws {
        let record = try IDsRecord(line: Data(#"{"nll": [0.5], "ids": [3, 4]}"#.utf8))
        #expect(record.ids == [3, 4])
        #expect(throws: CommandFailure(#"ids is missing; expected {"ids": [1, 2, …]}"#)) {
            try IDsRecord(line: Data("{}".utf8))
        }
    }

    @Test func conversations() throws {
        let line = #"{"tools": [{"b": 1, "a": 2}], "messages": [{"role": "user", "content": "Hi"}]}"#
        let record = try ConversationRecord(line: Data(line.utf8))
        #expect(record.messages.map(\.role) == ["user"])
        #expect(record.tools?.count == 1)
        for bad in ["{}", "[]", #"{"messages": 3}"#, #"{"messages": [{"content": "x"}]}"#, "{", "\u{0}"] {
            #expect(throws: (any Error).self, "\(bad)") { try ConversationRecord(line: Data(bad.utf8)) }
        }
        let badTools = #"{"messages": [{"role": "user"}], "tools": 3}"#
        #expect(throws: CommandFailure.self) { try ConversationRecord(line: Data(badTools.utf8)) }
    }
}
