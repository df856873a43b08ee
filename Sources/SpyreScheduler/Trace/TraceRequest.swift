/// A request of a trace.
package struct TraceRequest: Sendable, Equatable {
    /// Seconds after the beginning.
    package var arrival: Double
    package var promptLength: Int
    /// Tokens that it generates; it asks for as many.
    package var outputLength: Int
    /// Tokens at the front that all requests of its group have.
    package var sharedPrefix: Int
    package var group: Int
    package var priority: Int

    package init(
        arrival: Double, promptLength: Int, outputLength: Int, sharedPrefix: Int = 0, group: Int = 0, priority: Int = 0
    ) {
        self.arrival = arrival
        self.promptLength = promptLength
        self.outputLength = outputLength
        self.sharedPrefix = sharedPrefix
        self.group = group
        self.priority = priority
    }

    /// By arrival; those that arrive together stay as they are.
    package static func inOrder(_ requests: [TraceRequest]) -> [TraceRequest] {
        if zip(requests, requests.dropFirst()).allSatisfy({ $0.arrival <= $1.arrival }) { return requests }
        return requests.enumerated().sorted { ($0.element.arrival, $0.offset) < ($1.element.arrival, $1.offset) }.map(
            \.element)
    }
}

extension TraceRequest: Codable {
    private enum CodingKeys: String, CodingKey {
        case arrival, group, priority
        case promptLength = "prompt_len"
        case outputLength = "output_len"
        case sharedPrefix = "shared_prefix_len"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            arrival: try values.decode(Double.self, forKey: .arrival),
            promptLength: try values.decode(Int.self, forKey: .promptLength),
            outputLength: try values.decode(Int.self, forKey: .outputLength),
            sharedPrefix: try values.decodeIfPresent(Int.self, forKey: .sharedPrefix) ?? 0,
            group: try values.decodeIfPresent(Int.self, forKey: .group) ?? 0,
            priority: try values.decodeIfPresent(Int.self, forKey: .priority) ?? 0)
    }

    /// What is wrong with it; nil when it can be simulated.
    package var fault: String? {
        let lengths = 1...(1 << 24)
        if !(arrival.isFinite && arrival >= 0) { return "arrival has to be a number of seconds from 0 on" }
        if !lengths.contains(promptLength) { return "prompt_len is \(promptLength); it has to be in 1...\(1 << 24)" }
        if !lengths.contains(outputLength) { return "output_len is \(outputLength); it has to be in 1...\(1 << 24)" }
        if !(0...promptLength).contains(sharedPrefix) {
            return "shared_prefix_len is \(sharedPrefix); it has to be in 0...prompt_len"
        }
        return nil
    }
}
