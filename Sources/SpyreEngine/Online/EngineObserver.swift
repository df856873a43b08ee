/// Is told what an engine does, for measurements. Calls come on the engine's thread, one at a time, between two steps: they
/// must return soon.
public protocol EngineObserver: Sendable {
    func stepEnded(_ report: StepReport)
    func requestEnded(_ report: RequestReport)
}
