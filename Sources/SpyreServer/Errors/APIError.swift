import HTTPTypes
import Hummingbird
import NIOCore

/// An error as OpenAI's clients expect it: a status and `{"error": {"message", "type", "param", "code"}}`.
struct APIError: Error, Sendable, Equatable {
    let status: HTTPResponse.Status
    let message: String
    /// The field at fault.
    var parameter: String?
    /// Seconds after which a refused request may be sent again.
    var retryAfter: Int?

    init(
        _ status: HTTPResponse.Status, _ message: String, parameter: String? = nil, retryAfter: Int? = nil
    ) {
        self.status = status
        self.message = message
        self.parameter = parameter
        self.retryAfter = retryAfter
    }

    /// vLLM's names.
    var type: String {
        switch status.code {
        case 401: "AuthenticationError"
        case 404: "NotFoundError"
        case 408: "TimeoutError"
        case 413: "PayloadTooLargeError"
        case 429: "RateLimitError"
        case 501: "NotImplementedError"
        case 503: "ServiceUnavailableError"
        case 500...: "InternalServerError"
        default: "BadRequestError"
        }
    }

    func write(to writer: inout JSONWriter) {
        writer.object { body in
            body.member("error") { error in
                error.object { fields in
                    fields.member("message", message)
                    fields.member("type", type)
                    fields.member("param", parameter)
                    fields.member("code", Int(status.code))
                }
            }
        }
    }

    static func field(_ name: String, _ reason: String) -> APIError {
        APIError(.badRequest, "\(name) \(reason)", parameter: name)
    }
}

extension APIError: HTTPResponseError {
    func response(from request: Request, context: some RequestContext) -> Response {
        var writer = JSONWriter()
        write(to: &writer)
        var headers = HTTPFields()
        headers[.contentType] = "application/json"
        if let retryAfter { headers[.retryAfter] = String(retryAfter) }
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: writer.buffer))
    }
}
