/// What a request asks of the engine beside its tokens.
public struct RequestOptions: Sendable {
    /// The request ends with `EngineError.deadlineExceeded` when it has not ended after this time; nil for no limit. The
    /// clock is monotonic and starts when the request was admitted.
    public var timeLimit: Duration?
    /// The same for the time until its first rows are run.
    public var queueTimeLimit: Duration?
    /// Only requests with the same salt share KV blocks of equal prompts. Nobody learns from the time of an answer what
    /// a caller with another salt has asked.
    public var cacheSalt: String?
    /// What each completion has to look like; nil for free text.
    public var constraint: (any TokenConstraint)?

    public init(
        timeLimit: Duration? = nil, queueTimeLimit: Duration? = nil, cacheSalt: String? = nil,
        constraint: (any TokenConstraint)? = nil
    ) {
        self.timeLimit = timeLimit
        self.queueTimeLimit = queueTimeLimit
        self.cacheSalt = cacheSalt
        self.constraint = constraint
    }
}
