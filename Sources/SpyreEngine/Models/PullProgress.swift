/// How far fetching a model has come.
public struct PullProgress: Sendable, Equatable {
    public enum Stage: String, Sendable {
        case downloading
        case unpacking
        case checking
    }

    public let stage: Stage
    public let completedBytes: Int
    public let totalBytes: Int

    public init(stage: Stage, completedBytes: Int, totalBytes: Int) {
        self.stage = stage
        self.completedBytes = completedBytes
        self.totalBytes = totalBytes
    }
}
