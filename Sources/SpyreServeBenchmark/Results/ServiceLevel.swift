/// What a reply has to keep to be a good one. Limits are milliseconds; those that are nil hold nothing.
package struct ServiceLevel: Sendable, Equatable {
    package var timeToFirstToken: Double?
    package var timePerOutputToken: Double?
    package var endToEnd: Double?

    package init(timeToFirstToken: Double? = nil, timePerOutputToken: Double? = nil, endToEnd: Double? = nil) {
        self.timeToFirstToken = timeToFirstToken
        self.timePerOutputToken = timePerOutputToken
        self.endToEnd = endToEnd
    }

    /// Reads `ttft:200,tpot:50,e2el:5000`.
    ///
    /// - Returns: nil for anything else.
    package init?(_ text: String) {
        self.init()
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let pair = part.split(separator: ":", omittingEmptySubsequences: false)
            guard pair.count == 2, let limit = Double(pair[1]), limit.isFinite, limit > 0 else { return nil }
            switch (pair[0], limit) {
            case ("ttft", _) where timeToFirstToken == nil: timeToFirstToken = limit
            case ("tpot", _) where timePerOutputToken == nil: timePerOutputToken = limit
            case ("e2el", _) where endToEnd == nil: endToEnd = limit
            default: return nil
            }
        }
    }

    package var isEmpty: Bool { self == ServiceLevel() }

    /// A reply of one token has no time per output token and keeps every limit of it.
    package func isKept(by timings: RequestTimings) -> Bool {
        func keeps(_ seconds: Double?, _ limit: Double?) -> Bool { limit.map { (seconds ?? 0) * 1000 <= $0 } ?? true }
        return keeps(timings.timeToFirstToken, timeToFirstToken)
            && keeps(timings.timePerOutputToken, timePerOutputToken)
            && keeps(timings.endToEnd, endToEnd)
    }
}
