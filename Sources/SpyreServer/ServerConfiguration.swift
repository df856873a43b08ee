/// Where a server listens, and what it allows.
public struct ServerConfiguration: Sendable, Equatable {
    public var host: String
    /// 0 takes any free port.
    public var port: Int
    /// Names by which clients may ask for the model; the first one is told in answers.
    public var modelNames: [String]
    /// What GET /version tells.
    public var version: String
    public var requestLimits = RequestLimits()
    /// How long a client may take to send a body, and how long it may leave a full send buffer unread.
    public var readTimeLimit: Duration = .seconds(60)
    public var writeTimeLimit: Duration = .seconds(60)
    /// How long a connection without a request is kept.
    public var idleTimeLimit: Duration = .seconds(120)
    /// How long a request may take, and may wait in the queue; nil for no limit.
    public var requestTimeLimit: Duration?
    public var queueTimeLimit: Duration?

    public init(host: String = "127.0.0.1", port: Int = 8000, modelNames: [String], version: String) {
        self.host = host
        self.port = port
        self.modelNames = modelNames
        self.version = version
    }
}
