import Foundation

/// Lends workspaces to threads; keeps as many as have been in use at once, up to a limit.
final class EncoderWorkspacePool: @unchecked Sendable {
    // Unchecked: `idle` is only touched under `lock`, and a workspace is with the pool or with one thread, never both.
    private static let maximumIdle = max(4, ProcessInfo.processInfo.activeProcessorCount)

    private let components: BPEComponents
    private let lock = NSLock()
    private var idle: [EncoderWorkspace] = []

    init(components: BPEComponents) {
        self.components = components
    }

    func take() -> EncoderWorkspace {
        lock.withLock { idle.popLast() } ?? EncoderWorkspace(components: components)
    }

    func give(_ workspace: EncoderWorkspace) {
        if workspace.isOversized { return }
        lock.withLock {
            if idle.count < Self.maximumIdle { idle.append(workspace) }
        }
    }
}
