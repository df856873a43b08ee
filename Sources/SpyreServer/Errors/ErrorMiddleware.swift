import HTTPTypes
import Hummingbird
import Logging
import NIOHTTP1

/// Answers every error in the form that clients expect, and logs a line for each request, without anything of its text.
struct ErrorMiddleware: RouterMiddleware {
    typealias Context = ServerContext

    func handle(
        _ request: Request, context: ServerContext,
        next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        do {
            let response = try await next(request, context)
            log(request, response.status, start, context)
            return response
        } catch let error as HTTPParserError {
            // The connection cannot go on: Hummingbird answers 400 and closes it.
            throw error
        } catch {
            let apiError = Self.translate(error)
            if apiError.status.code >= 500 {
                context.logger.error("request failed", metadata: ["error": "\(error)", "path": "\(request.uri.path)"])
            }
            log(request, apiError.status, start, context)
            return apiError.response(from: request, context: context)
        }
    }

    private static func translate(_ error: any Error) -> APIError {
        if let error = error as? HTTPError, error.status == .notFound {
            return APIError(.notFound, "there is nothing at this path; see the documentation for the endpoints")
        }
        return APIError(error)
    }

    private func log(
        _ request: Request, _ status: HTTPResponse.Status, _ start: ContinuousClock.Instant, _ context: ServerContext
    ) {
        context.logger.info(
            "request",
            metadata: [
                "method": "\(request.method)", "path": "\(request.uri.path)", "status": "\(status.code)",
                "ms": "\((ContinuousClock.now - start) / .milliseconds(1))",
            ])
    }
}
