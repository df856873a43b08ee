/// How much an engine takes in before it refuses requests, and how much it keeps for readers.
public struct QueueLimits: Sendable, Equatable {
    /// Requests that were admitted and have not started at most; the next one is refused.
    public var waitingRequests: Int
    /// Prompt tokens of those requests: the next request is refused once there are as many.
    public var waitingTokens: Int
    /// Bytes, by an estimate, that one stream holds for a reader that does not read. A stream that would hold more is
    /// cancelled.
    public var unreadBytes: Int

    public init(waitingRequests: Int = 512, waitingTokens: Int = 1 << 20, unreadBytes: Int = 1 << 20) {
        self.waitingRequests = waitingRequests
        self.waitingTokens = waitingTokens
        self.unreadBytes = unreadBytes
    }
}
