import SpyreEngine
import SpyreExecutor

extension ProgressBar {
    init(_ progress: WarmUpProgress) {
        self.init(title: progress.stage.rawValue, completed: progress.completed, total: progress.total)
    }

    init(_ progress: PullProgress) {
        self.init(
            title: progress.stage.rawValue, completed: progress.completedBytes, total: progress.totalBytes,
            unit: .bytes)
    }

    init(_ progress: GenerationProgress) {
        self.init(title: "generating", completed: progress.finishedRequests, total: progress.totalRequests)
    }
}
