/// What a scheduler knows of a request when it arrives.
public struct SchedulerRequest: Sendable {
    public var id: RequestID
    /// At least one token.
    public var prompt: [Int32]
    /// Tokens to generate at most; at least 1.
    public var maximumNewTokens: Int
    /// Smaller goes first, where the policy looks at it.
    public var priority: Int
    /// Seconds, on any clock that only goes forward. Decides between equal priorities.
    public var arrival: Double
    /// What its KV blocks depend on beside the tokens.
    public var identity: PrefixIdentity

    public init(
        id: RequestID, prompt: [Int32], maximumNewTokens: Int, priority: Int = 0, arrival: Double = 0,
        identity: PrefixIdentity = PrefixIdentity()
    ) {
        self.id = id
        self.prompt = prompt
        self.maximumNewTokens = maximumNewTokens
        self.priority = priority
        self.arrival = arrival
        self.identity = identity
    }
}
