import Hummingbird
import NIOCore

extension Request {
    /// The body as a JSON object.
    ///
    /// - Throws: `APIError` of status 413 for one that is too long, 400 for what is no JSON object.
    func fields(_ limits: RequestLimits) async throws -> FieldReader {
        if let length = headers[.contentLength].flatMap({ Int($0) }), length > limits.bodyBytes {
            throw Self.tooLong(limits)
        }
        let body: ByteBuffer
        do {
            body = try await self.body.collect(upTo: limits.bodyBytes)
        } catch is NIOTooManyBytesError {
            throw Self.tooLong(limits)
        }
        return try FieldReader(body: Array(body.readableBytesView))
    }

    private static func tooLong(_ limits: RequestLimits) -> APIError {
        APIError(.contentTooLarge, "the body must have at most \(limits.bodyBytes) bytes; send a shorter one")
    }
}
