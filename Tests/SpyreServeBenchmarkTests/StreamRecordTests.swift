import Testing

@testable import SpyreServeBenchmark

struct StreamRecordTests {
    private func record(_ events: [(Double, String)]) throws -> StreamRecord {
        var record = StreamRecord()
        for (milliseconds, event) in events {
            try record.receive(event: [UInt8](event.utf8), at: UInt64(milliseconds * 1e6))
        }
        return record
    }

    private func milliseconds(_ gaps: [Float]) -> [Double] { gaps.map { (Double($0) * 1e6).rounded() / 1e3 } }

    @Test func completion() throws {
        let record = try record([
            (10, #"{"choices":[{"text":"a"}]}"#), (12, #"{"choices":[{"text":""}]}"#),
            (17, #"{"choices":[{"text":"c","finish_reason":"length"}]}"#),
            (18, #"{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":3}}"#), (19, "[DONE]"),
            (30, #"{"choices":[{"text":"late"}]}"#),
        ])
        #expect(record.firstToken == 10_000_000)
        #expect(record.end == 17_000_000)
        #expect(milliseconds(record.gaps) == [2, 5])
        #expect(record.isComplete)
        let timings = RequestTimings(record, firstToken: 10_000_000, promptTokens: 99)
        #expect(timings.promptTokens == 5 && timings.outputTokens == 3 && timings.hasUsage)
        #expect(abs((timings.timePerOutputToken ?? 0) - 0.0035) < 1e-12)
    }

    @Test func theRoleIsNoTokenAndTheCloseIsNone() throws {
        let record = try record([
            (1, #"{"choices":[{"delta":{"role":"assistant","content":""}}]}"#),
            (10, #"{"choices":[{"delta":{"content":"a"}}]}"#), (14, #"{"choices":[{"delta":{"content":"b"}}]}"#),
            (15, #"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#), (16, "[DONE]"),
        ])
        #expect(record.firstToken == 10_000_000)
        #expect(record.end == 15_000_000)
        #expect(milliseconds(record.gaps) == [4])
        let timings = RequestTimings(record, firstToken: 10_000_000, promptTokens: nil)
        #expect(timings.outputTokens == 2 && !timings.hasUsage && timings.promptTokens == nil)
    }

    @Test func aReplyThatOnlyClosesHasItsTokenThere() throws {
        let record = try record([(8, #"{"choices":[{"text":"","finish_reason":"stop"}]}"#)])
        #expect(record.firstToken == 8_000_000 && record.chunks == 1 && record.isComplete)
    }

    @Test func withoutAnEndItIsNotComplete() throws {
        let record = try record([(8, #"{"choices":[{"text":"a"}]}"#)])
        #expect(!record.isComplete)
    }
}
