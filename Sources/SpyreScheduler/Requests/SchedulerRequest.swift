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
    /// Whether the logits of every row of the prompt are wanted, as for its log-probabilities. Then all of it is run,
    /// whatever the prefix cache has. Only the continuous policy takes such requests.
    public var reportsPrompt: Bool
    /// Further sequences with the same prompt. They take part from the step in which its last token is run: that one's
    /// logits give the first token of each, told by `complete`, and the blocks are shared until one of them writes. Only
    /// for policies with `forks`.
    public var siblings: [RequestID]

    public init(
        id: RequestID, prompt: [Int32], maximumNewTokens: Int, priority: Int = 0, arrival: Double = 0,
        identity: PrefixIdentity = PrefixIdentity(), reportsPrompt: Bool = false,
        siblings: [RequestID] = []
    ) {
        self.id = id
        self.prompt = prompt
        self.maximumNewTokens = maximumNewTokens
        self.priority = priority
        self.arrival = arrival
        self.identity = identity
        self.reportsPrompt = reportsPrompt
        self.siblings = siblings
    }
}
