/// The next token of an item that samples.
public struct SampledToken: Sendable, Equatable {
    public var request: RequestID
    public var token: Int32
    /// Whether the request ends with it for a reason that the scheduler does not know, such as a stop string. The limit
    /// of new tokens the scheduler sees for itself.
    public var ends: Bool

    public init(request: RequestID, token: Int32, ends: Bool = false) {
        self.request = request
        self.token = token
        self.ends = ends
    }
}
