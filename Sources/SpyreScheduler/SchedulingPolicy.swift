/// Decides what each step runs. A value without tensors, clock or chance: the same calls give the same steps.
///
/// The caller repeats `schedule`, runs the step, and tells the tokens with `complete`. Requests are added and cancelled
/// in between.
public protocol SchedulingPolicy: Sendable {
    /// Takes a request in, or says why it can never run.
    mutating func add(_ request: SchedulerRequest) throws(RequestRefusal)
    /// Ends a request wherever it is. Returns false when there is none, as after its last token.
    mutating func cancel(_ id: RequestID) throws(BlockPoolError) -> Bool
    /// The next step; an empty one when there is nothing to run.
    mutating func schedule() throws(BlockPoolError) -> ScheduledStep
    /// Takes the tokens of the step that was scheduled last.
    /// - Returns: the requests that ended, in the order of `tokens`.
    mutating func complete(_ tokens: [SampledToken]) throws(BlockPoolError) -> [RequestID]

    var pool: BlockPool { get }
    /// Requests that have not started or have been sent back, next one first.
    var waiting: [RequestID] { get }
    /// Requests that hold blocks and take part, in the order of their outputs.
    var running: [RequestID] { get }
    /// Requests that hold blocks and have been parked.
    var paused: [RequestID] { get }
    /// Whether there is any request.
    var isIdle: Bool { get }
}
