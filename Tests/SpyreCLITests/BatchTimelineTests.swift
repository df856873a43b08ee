import SpyreBenchmark
import SpyreScheduler
import Testing

@testable import SpyreCommands

/// What the report of a simulation draws.
@Suite struct BatchTimelineTests {
    private let stepTime = StepTimeModel(a: 1, b: 0, c: 0, d: 0)

    /// Runs requests in steps of a second and records them.
    private func timeline(
        _ policy: TracePolicy, _ requests: [TraceRequest], drawn: Range<Int>? = nil
    ) throws -> BatchTimeline {
        let range = drawn ?? requests.indices
        var recorder = BatchRecorder(
            range.map {
                BatchTimeline.Request(
                    name: "\($0)", promptTokens: requests[$0].promptLength, outputTokens: requests[$0].outputLength,
                    arrival: requests[$0].arrival)
            }, first: range.lowerBound, total: requests.count)
        _ = try policy.run(requests, stepTime: stepTime) { recorder.record($0, $1, $2) }
        return recorder.timeline
    }

    private func phases(_ request: BatchTimeline.Request) -> [String] {
        request.spans.map { "\($0.phase) \(Int($0.start))-\(Int($0.end))" }
    }

    /// 64 rows a step and 7 blocks of 16: the second request has 4 rows beside the first one's 60, loses its blocks when
    /// the first one needs its fifth, and starts over when that has ended.
    @Test func aRequestThatIsSentBack() throws {
        let policy = try ContinuousPolicy(
            limits: ContinuousLimits(maximumSequences: 2, maximumStepTokens: 64, maximumModelLength: 112),
            pool: BlockPool(blockCount: 8, blockTokens: 16, cachesPrefixes: false))
        let requests = [
            TraceRequest(arrival: 0, promptLength: 60, outputLength: 20),
            TraceRequest(arrival: 0, promptLength: 40, outputLength: 10),
        ]
        let timeline = try timeline(.continuous(policy), requests)
        #expect(phases(timeline.requests[0]) == ["prefill 0-1", "decode 1-20"])
        #expect(
            phases(timeline.requests[1]) == [
                "prefill 0-2", "decode 2-5", "sentBack 5-20", "prefill 20-21", "decode 21-26",
            ])
        #expect(timeline.requests[1].firstToken == 2)
        #expect(timeline.requests[1].sampled == 10)
        #expect(timeline.capacity == 7)
        #expect(timeline.range == 0...26)
    }

    /// One chunk a step: who decodes stands still meanwhile, and is parked when the batch would break its limit.
    @Test func requestsThatStandStill() throws {
        let policy = try SpyrePolicy(
            limits: SpyreLimits(
                maximumSequences: 2, maximumModelLength: 128, chunkTokens: 64, batchTKVLimit: 128),
            pool: BlockPool(blockCount: 20))
        let requests = [
            TraceRequest(arrival: 0, promptLength: 60, outputLength: 8),
            TraceRequest(arrival: 0, promptLength: 60, outputLength: 8),
        ]
        let timeline = try timeline(.spyre(policy), requests)
        let all = timeline.requests.map(phases)
        #expect(all[0].prefix(3) == ["prefill 0-1", "decode 1-2", "held 2-3"])
        #expect(all[1].first == "prefill 2-3")
        #expect(timeline.requests.contains { $0.count(.parked) > 0 })
        #expect(timeline.requests.allSatisfy { $0.hasEnded && $0.count(.sentBack) == 0 })
        #expect(timeline.load.samples.contains { $0.load.paused == 1 && $0.load.running == 1 })
        #expect(timeline.load.samples.contains { $0.load.reservedBlocks > 0 })
    }

    /// Refused requests end nowhere, and do not keep the recording going to the end of the trace.
    @Test func aWindowOfRequests() throws {
        let policy = try StaticPolicy(shapes: WarmupShape.list("64x20x1"))
        let requests = (0..<30).map {
            TraceRequest(arrival: Double($0) * 10, promptLength: $0 == 11 ? 65 : 10, outputLength: 3)
        }
        let timeline = try timeline(.static(policy), requests, drawn: 10..<14)
        #expect(timeline.requests.map(\.isRefused) == [false, true, false, false])
        #expect(
            timeline.requests.map(phases).map(\.first) == [
                "prefill 100-101", nil, "prefill 120-121", "prefill 130-131",
            ])
        #expect(timeline.steps == 9)
        #expect(timeline.range == 100...133)
        // Three steps, then nothing for the seconds to the next arrival but one.
        #expect(timeline.load.folded(width: 0).map(\.load.usedBlocks) == [1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1])
    }

    @Test func loadsOfAnyLengthStaySmall() {
        var series = LoadSeries(limit: 16)
        for step in 0..<1000 {
            series.add(
                LoadSeries.Sample(
                    start: Double(step), end: Double(step + 1), load: LoadSeries.Load(usedBlocks: Double(step % 2 * 10))
                ))
        }
        #expect(series.samples.count <= 16)
        let folded = series.folded(width: 0)
        #expect(folded.first?.start == 0 && folded.last?.end == 1000)
        #expect(zip(folded, folded.dropFirst()).allSatisfy { $0.end == $1.start })
        #expect(folded.reduce(0) { $0 + $1.steps } == 1000)
        #expect(folded.allSatisfy { abs($0.load.usedBlocks - 5) < 1e-9 && $0.mostUsedBlocks == 10 })
        // Intervals of 64 steps: seven of them in each 500.
        #expect(series.folded(width: 500).map(\.end) == [448, 896, 1000])
    }

    @Test func partsTooNarrowToSeeAreOne() {
        let x = Scale(0...100, from: 0, to: 100)
        let spans = [
            BatchTimeline.Span(phase: .prefill, start: 0, end: 5, tokens: 64),
            BatchTimeline.Span(phase: .decode, start: 5, end: 5.6, tokens: 1),
            BatchTimeline.Span(phase: .held, start: 5.6, end: 5.8),
            BatchTimeline.Span(phase: .decode, start: 5.8, end: 6.2, tokens: 1),
            BatchTimeline.Span(phase: .decode, start: 6.2, end: 9, steps: 3, tokens: 3),
            BatchTimeline.Span(phase: .parked, start: 9, end: 20, steps: 4),
        ]
        let merged = TimelineChart.merged(spans, x)
        #expect(merged.map(\.phase) == [.prefill, .decode, .parked])
        #expect(merged.map(\.start) == [0, 5, 9] && merged.map(\.end) == [5, 9, 20])
        #expect(merged.map(\.tokens) == [64, 5, 0] && merged.map(\.steps) == [1, 6, 4])
    }

    @Test func namesAndTimes() {
        #expect(TimelineChart.short("12") == "12")
        #expect(TimelineChart.short("a very long name") == "a very…")
        #expect(TimelineAxis.steps.interval(2, 5) == "steps 3 to 5")
        #expect(TimelineAxis.steps.interval(2, 3) == "step 3")
        #expect(TimelineAxis.time.interval(0.25, 12.5) == "250 ms to 12.500 s")
        #expect(TimelineAxis.steps.duration(1) == "1 step")
        let title = TimelineText.title(
            of: BatchTimeline.Request(
                name: "7", promptTokens: 5, outputTokens: 2, arrival: 1,
                spans: [.init(phase: .prefill, start: 2, end: 3), .init(phase: .decode, start: 3, end: 4)], sampled: 2,
                firstToken: 3), .time)
        #expect(
            title
                == "request 7: 5 prompt tokens, 2 new ones; arrived at 1.000 s; waited 1.000 s; first token after 2.000 s; "
                + "ended after 3.000 s")
    }
}
