import NIOCore
import SpyreEngine

extension Generation {
    /// Waits for the ends of all; gives all up when the client goes away.
    func outputs(for context: ServerContext) async throws -> [RequestOutput] {
        let state = await ConnectionGuard.state(of: context.channel)
        state?.watch { cancel() }
        defer { state?.unwatch() }
        return try await outputs()
    }
}
