/// One of the policies, to run a trace under. The module that has the policies also has this, so that the compiler makes
/// a simulation of its own for each of them; called as a generic from another module it takes twice as long.
package enum TracePolicy {
    case `static`(StaticPolicy)
    case spyre(SpyrePolicy)
    case continuous(ContinuousPolicy)

    /// Runs a trace from its beginning to its end.
    /// - Parameters:
    ///   - requests: see `TraceSimulation`.
    ///   - stepTime: usable.
    /// - Throws: `SimulationError`, and what `observer` throws.
    package func run(
        _ requests: [TraceRequest], stepTime: StepTimeModel, observer: StepObserver? = nil
    ) throws -> TraceResult {
        switch self {
        case .static(let policy):
            var simulation = TraceSimulation(requests, stepTime: stepTime, policy: policy)
            return try simulation.run(observer: observer)
        case .spyre(let policy):
            var simulation = TraceSimulation(requests, stepTime: stepTime, policy: policy)
            var result = try simulation.run(observer: observer)
            result.pauseEvents = simulation.policy.pauseEvents
            result.resumeEvents = simulation.policy.resumeEvents
            return result
        case .continuous(let policy):
            var simulation = TraceSimulation(requests, stepTime: stepTime, policy: policy)
            var result = try simulation.run(observer: observer)
            result.preemptions = simulation.policy.preemptions
            return result
        }
    }
}
