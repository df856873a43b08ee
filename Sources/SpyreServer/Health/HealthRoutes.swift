import HTTPTypes
import Hummingbird
import SpyreEngine

/// Whether the server lives, and whether it should get requests.
///
/// `/health` and `/ping` answer as vLLM's do: 200 until the engine is dead. `/health/live` says whether a restart would help.
/// `/health/ready` is 503 as soon as the engine drains or its queue is full; a busy engine is ready.
struct HealthRoutes: RouteGroup {
    func endpoints(_ service: ModelService) -> [Endpoint] {
        let engine = service.engine
        let health: Endpoint.Handler = { _, _ in Self.answer(Self.isAlive(engine.load)) }
        return [
            Endpoint(.get, "/health", health), Endpoint(.get, "/health/live", health),
            Endpoint(.get, "/ping", health), Endpoint(.post, "/ping", health),
            Endpoint(.get, "/health/ready") { _, _ in
                let load = engine.load
                return Self.answer(
                    load.phase == .running && load.waitingRequests < engine.queueLimits.waitingRequests
                        && load.waitingTokens < engine.queueLimits.waitingTokens)
            },
        ]
    }

    private static func isAlive(_ load: EngineLoad) -> Bool {
        switch load.phase {
        case .running, .draining: true
        case .stopped, .failed: false
        }
    }

    private static func answer(_ isWell: Bool) -> Response {
        Response(status: isWell ? .ok : .serviceUnavailable, body: ResponseBody(byteBuffer: ByteBuffer()))
    }
}
