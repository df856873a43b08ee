import Hummingbird

/// GET /v1/models and /version.
struct ModelRoutes: RouteGroup {
    func endpoints(_ service: ModelService) -> [Endpoint] {
        [
            Endpoint(.get, "/v1/models") { _, _ in
                .json { body in
                    body.member("object", "list")
                    body.member("data") { list in
                        list.array(service.configuration.modelNames) { Self.card($1, service, &$0) }
                    }
                }
            },
            Endpoint(.get, "/v1/models/:model") { _, context in
                let name = context.parameters.get("model") ?? ""
                try service.checkModel(name)
                return .json { Self.fields(name, service, &$0) }
            },
            Endpoint(.get, "/version") { _, _ in .json { $0.member("version", service.configuration.version) } },
        ]
    }

    private static func card(_ name: String, _ service: ModelService, _ writer: inout JSONWriter) {
        writer.object { fields(name, service, &$0) }
    }

    private static func fields(_ name: String, _ service: ModelService, _ card: inout JSONWriter) {
        card.member("id", name)
        card.member("object", "model")
        card.member("created", service.created)
        card.member("owned_by", "spyre")
        card.member("root", service.modelName)
        card.null("parent")
        card.member("max_model_len", service.engine.contextLength)
        card.member("permission") { $0.array([Int]()) { $0.value($1) } }
    }
}
