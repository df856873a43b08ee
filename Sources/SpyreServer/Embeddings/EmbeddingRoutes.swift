import Hummingbird

/// POST /v1/embeddings: says that the model makes none.
struct EmbeddingRoutes: RouteGroup {
    func endpoints(_ service: ModelService) -> [Endpoint] {
        [
            Endpoint(.post, "/v1/embeddings") { _, _ in
                throw APIError(
                    .badRequest,
                    "the model \(PrintableText.quoted(service.modelName)) generates text and makes no embeddings; "
                        + "ask a server that has an embedding model",
                    parameter: "model")
            }
        ]
    }
}
