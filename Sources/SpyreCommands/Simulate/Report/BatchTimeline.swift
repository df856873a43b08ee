/// What happened to some requests of a simulation, and to the cache meanwhile.
struct BatchTimeline: Equatable {
    enum Phase: Equatable, CaseIterable {
        /// Tokens of its prompt were run, or those again that were lost when it was sent back.
        case prefill
        /// One token was run.
        case decode
        /// It held its blocks while steps ran without it.
        case held
        /// The policy left it out until there would be room for it in the batch.
        case parked
        /// It had lost its blocks and waited for new ones.
        case sentBack
    }

    /// Steps that follow each other.
    struct Span: Equatable {
        var phase: Phase
        var start: Double
        var end: Double
        var steps = 1
        var tokens = 0

        var duration: Double { end - start }

        /// Makes what follows part of it.
        mutating func absorb(_ next: Span) {
            end = next.end
            steps += next.steps
            tokens += next.tokens
        }
    }

    struct Request: Equatable {
        let name: String
        let promptTokens: Int
        let outputTokens: Int
        let arrival: Double
        var spans: [Span] = []
        /// Tokens that it has got.
        var sampled = 0
        /// When it had its first token.
        var firstToken: Double?
        var isRefused = false

        var hasEnded: Bool { sampled >= outputTokens }
        var start: Double? { spans.first?.start }
        var end: Double? { spans.last?.end }

        /// Adds a step to the last span, or begins one.
        mutating func extend(_ phase: Phase, from start: Double, to end: Double, tokens: Int = 0) {
            let step = Span(phase: phase, start: start, end: end, tokens: tokens)
            guard spans.last?.end == start else { return spans.append(step) }
            spans.append(joining: step)
        }

        func duration(_ phase: Phase) -> Double { spans.duration(phase) }
        /// How often it came into a phase.
        func count(_ phase: Phase) -> Int { spans.count { $0.phase == phase } }
    }

    /// In the order of their numbers in the simulation, of which the first is `first`.
    var requests: [Request]
    let first: Int
    /// Requests of the whole simulation.
    let total: Int
    /// KV blocks that there are.
    var capacity = 0
    var load = LoadSeries()
    /// Steps that the drawn requests saw, from the first's arrival until all had ended.
    var steps = 0

    /// From the first arrival to the end of the last request.
    var range: ClosedRange<Double> {
        let from = requests.map(\.arrival).min() ?? 0
        let to = requests.compactMap(\.end).max() ?? from
        return from...max(from, to)
    }
}

extension [BatchTimeline.Span] {
    /// Adds a span, to the last one where that is of the same phase.
    mutating func append(joining next: BatchTimeline.Span) {
        guard let last = indices.last, self[last].phase == next.phase else { return append(next) }
        self[last].absorb(next)
    }

    /// The time that they spend in a phase.
    func duration(_ phase: BatchTimeline.Phase) -> Double {
        reduce(0) { $0 + ($1.phase == phase ? $1.duration : 0) }
    }
}
