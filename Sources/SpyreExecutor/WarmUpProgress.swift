/// A report on the way from a checkpoint to an executor that is ready.
public struct WarmUpProgress: Sendable, Equatable {
    public enum Stage: String, Sendable {
        case packing = "packing weights"
        case compiling = "compiling programs"
    }

    public var stage: Stage
    public var completed: Int
    public var total: Int

    public init(stage: Stage, completed: Int, total: Int) {
        self.stage = stage
        self.completed = completed
        self.total = total
    }
}
