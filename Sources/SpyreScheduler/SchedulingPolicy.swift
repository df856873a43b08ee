/// Decides what each step runs. A value without tensors, clock or chance: the same calls give the same steps.
///
/// The caller repeats `schedule`, runs the step, and tells the tokens with `complete`. Requests are added and cancelled
/// in between. Every step that was scheduled has to be run, and in order: what it computes counts as computed from then
/// on, also for requests that share it. `schedule` may be called again before the tokens of the last step are there; the
/// requests that wait for them are then left out.
///
/// A step costs O(requests that run + requests that start), however many wait.
public protocol SchedulingPolicy: Sendable {
    /// Takes a request in, or says why it can never run.
    mutating func add(_ request: SchedulerRequest) throws(RequestRefusal)
    /// Ends a request wherever it is. Returns false when there is none, as after its last token.
    @discardableResult
    mutating func cancel(_ id: RequestID) throws(BlockPoolError) -> Bool
    /// The next step; an empty one when there is nothing to run.
    mutating func schedule() throws(BlockPoolError) -> ScheduledStep
    /// Takes the tokens that a step sampled. Those of requests that have ended meanwhile are passed over.
    /// - Returns: the requests that ended, in the order of `tokens`.
    @discardableResult
    mutating func complete(_ tokens: [SampledToken]) throws(BlockPoolError) -> [RequestID]

    var pool: BlockPool { get }
    /// Requests that have not started or have been sent back, next one first. Costs O(requests that wait).
    var waiting: [RequestID] { get }
    /// Requests that hold blocks and take part, in the order of their outputs.
    var running: [RequestID] { get }
    /// Requests that hold blocks and have been parked.
    var paused: [RequestID] { get }
    var waitingCount: Int { get }
    var runningCount: Int { get }
    var pausedCount: Int { get }
    /// Blocks set aside for requests that have started, and not handed out yet.
    var reservedBlocks: Int { get }
    /// Whether requests may have siblings.
    var forks: Bool { get }
    /// How often a request was sent back, to be computed again.
    var preemptions: Int { get }
    /// Whether there is no request at all.
    var isIdle: Bool { get }
    /// The blocks that a request holds, from its first token on; none when there is no such request.
    func blocks(of id: RequestID) -> [Int32]
}

extension SchedulingPolicy {
    public var forks: Bool { false }
    public var preemptions: Int { 0 }
}
