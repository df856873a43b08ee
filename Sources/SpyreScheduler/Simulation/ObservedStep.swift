/// A step of a simulation, for those who look at it as it goes. It has been scheduled and its tokens have not been told.
package struct ObservedStep: Sendable, Encodable {
    package var step: Int
    /// Simulated seconds at its beginning; in a case, the steps before it.
    package var time: Double
    /// What it takes; in a case, 1.
    package var seconds: Double
    package var work: StepWork
    package var running: Int
    package var waiting: Int
    /// Those that are parked while it runs.
    package var paused: [RequestID]
    package var usedBlocks: Int
    package var reservedBlocks: Int
    /// KV blocks that there are.
    package var capacity: Int
    /// Numbers of requests that the policy has not taken since the step before.
    package var refused: [Int]

    init<Policy: SchedulingPolicy>(
        _ policy: Policy, step: Int, time: Double, seconds: Double, work: StepWork, refused: [Int] = []
    ) {
        self.step = step
        self.time = time
        self.seconds = seconds
        self.work = work
        self.refused = refused
        running = policy.runningCount
        waiting = policy.waitingCount
        paused = policy.paused
        usedBlocks = policy.pool.usedCount
        reservedBlocks = policy.reservedBlocks
        capacity = policy.pool.capacity
    }

    private enum CodingKeys: String, CodingKey {
        case step, time, seconds, running, waiting, paused
        case usedBlocks = "n_used_blocks"
        case reservedBlocks = "n_reserved_blocks"
    }

    package func encode(to encoder: any Encoder) throws {
        try work.encode(to: encoder)
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(step, forKey: .step)
        try values.encode(time, forKey: .time)
        try values.encode(seconds, forKey: .seconds)
        try values.encode(running, forKey: .running)
        try values.encode(waiting, forKey: .waiting)
        try values.encode(paused.count, forKey: .paused)
        try values.encode(usedBlocks, forKey: .usedBlocks)
        try values.encode(reservedBlocks, forKey: .reservedBlocks)
    }
}

/// Sees every step of a simulation, the items that it runs, and whether a request holds blocks meanwhile.
package typealias StepObserver = (ObservedStep, ScheduledStep, (RequestID) -> Bool) throws -> Void
