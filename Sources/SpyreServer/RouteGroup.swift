/// Endpoints that belong together. `ModelServer.routeGroups` lists all of them.
protocol RouteGroup: Sendable {
    func endpoints(_ service: ModelService) -> [Endpoint]
}
