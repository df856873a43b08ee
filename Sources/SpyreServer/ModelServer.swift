import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// The HTTP server: OpenAI's endpoints in front of an engine. Run it in a `ServiceGroup`: a graceful shutdown closes the
/// listening socket and idle connections, and waits for the answers that are under way.
public struct ModelServer: Service {
    private let service: ModelService
    private let logger: Logger
    private let onRunning: @Sendable (_ port: Int) async -> Void

    /// - Parameter onRunning: called when connections are accepted, with the port.
    public init(
        service: ModelService, logger: Logger = Logger(label: "spyre.server"),
        onRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) {
        self.service = service
        self.logger = logger
        self.onRunning = onRunning
    }

    /// All endpoints.
    static let routeGroups: [any RouteGroup] = [
        HealthRoutes(), ModelRoutes(), CompletionRoutes(), ChatRoutes(), TokenizeRoutes(), EmbeddingRoutes(),
    ]

    static func endpoints(_ service: ModelService) -> [Endpoint] { routeGroups.flatMap { $0.endpoints(service) } }

    /// Serves until it is shut down.
    ///
    /// - Throws: why the port cannot be had.
    public func run() async throws {
        let configuration = service.configuration
        let application = Application(
            router: router(),
            server: .http1(
                configuration: HTTP1Channel.Configuration(
                    additionalChannelHandlers: [
                        ConnectionGuard(
                            readLimit: configuration.readTimeLimit, writeLimit: configuration.writeTimeLimit)
                    ],
                    idleTimeout: TimeAmount(configuration.idleTimeLimit),
                    httpDecoderConfiguration: HTTP1Channel.Configuration.DecoderConfiguration(maxHeaderFieldCount: 100))
            ),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), serverName: "spyre", backlog: 1024),
            onServerRunning: { [onRunning] channel in await onRunning(channel.localAddress?.port ?? 0) },
            logger: logger)
        try await application.run()
    }

    private func router() -> Router<ServerContext> {
        let router = Router(context: ServerContext.self)
        router.addMiddleware { ErrorMiddleware() }
        let endpoints = Self.endpoints(service)
        for endpoint in endpoints {
            router.on(RouterPath(endpoint.path), method: endpoint.method, use: endpoint.handler)
        }
        for (path, group) in Dictionary(grouping: endpoints, by: \.path) {
            let allowed = group.map(\.method)
            for method in [HTTPRequest.Method.get, .post, .put, .delete, .patch] where !allowed.contains(method) {
                router.on(RouterPath(path), method: method) { request, _ -> Response in
                    throw APIError(
                        .methodNotAllowed,
                        "\(path) takes \(allowed.map(\.rawValue).sorted().joined(separator: " and ")), "
                            + "not \(request.method.rawValue)")
                }
            }
        }
        return router
    }
}
