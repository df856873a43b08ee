import SpyreScheduler

/// Watches a simulation and keeps what the report draws: some requests, and everything in the time in which they live.
struct BatchRecorder {
    private(set) var timeline: BatchTimeline
    /// Places of the requests that have started and not ended.
    private var live: [Int] = []
    /// The step in which each request was seen last.
    private var seen: [Int]
    /// Requests that have neither ended nor been refused.
    private var left: Int
    private let begin: Double

    /// - Parameters:
    ///   - requests: those to draw, as they stand in the simulation from number `first` on.
    ///   - total: requests of the simulation.
    init(_ requests: [BatchTimeline.Request], first: Int = 0, total: Int) {
        timeline = BatchTimeline(requests: requests, first: first, total: total)
        seen = [Int](repeating: -1, count: requests.count)
        left = requests.count
        begin = timeline.range.lowerBound
    }

    mutating func record(_ step: ObservedStep, _ scheduled: ScheduledStep, _ holdsBlocks: (RequestID) -> Bool) {
        for number in step.refused {
            guard let place = place(number) else { continue }
            timeline.requests[place].isRefused = true
            left -= 1
        }
        let end = step.time + step.seconds
        guard left > 0, end >= begin else { return }
        timeline.steps += 1
        timeline.capacity = step.capacity
        timeline.load.add(
            LoadSeries.Sample(
                start: max(begin, step.time), end: end,
                load: LoadSeries.Load(
                    usedBlocks: Double(step.usedBlocks), reservedBlocks: Double(step.reservedBlocks),
                    running: Double(step.running), waiting: Double(step.waiting), paused: Double(step.paused.count))))
        for item in scheduled.items { record(item, step.step, step.time, end) }
        for id in step.paused {
            guard let place = place(id.number) else { continue }
            timeline.requests[place].extend(.parked, from: step.time, to: end)
            seen[place] = step.step
        }
        for place in live where seen[place] != step.step {
            let holds = holdsBlocks(RequestID(timeline.first + place))
            timeline.requests[place].extend(holds ? .held : .sentBack, from: step.time, to: end)
        }
        let count = live.count
        live.removeAll { timeline.requests[$0].hasEnded }
        left -= count - live.count
    }

    private mutating func record(_ item: ScheduledItem, _ step: Int, _ start: Double, _ end: Double) {
        guard let place = place(item.request.number) else { return }
        if timeline.requests[place].spans.isEmpty { live.append(place) }
        seen[place] = step
        let decodes = item.count == 1 && item.start >= timeline.requests[place].promptTokens
        timeline.requests[place].extend(decodes ? .decode : .prefill, from: start, to: end, tokens: item.count)
        guard item.samples else { return }
        timeline.requests[place].sampled += 1
        if timeline.requests[place].firstToken == nil { timeline.requests[place].firstToken = end }
    }

    private func place(_ number: Int) -> Int? {
        let place = number - timeline.first
        return timeline.requests.indices.contains(place) ? place : nil
    }
}
