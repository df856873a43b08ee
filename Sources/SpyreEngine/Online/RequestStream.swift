/// What comes of one request, piece by piece, while it is generated.
///
/// One task reads it, once. The request is given up, and its KV blocks are free before the next step, when the stream and its
/// iterator have been let go, when the task that waits in `next` is cancelled, and by ``cancel()``. The engine never waits
/// for a reader: pieces that were not read are merged, up to `QueueLimits.unreadBytes`.
///
/// The last piece of each completion has its finish reason. A request that fails ends by throwing, after what it had
/// brought forth.
public struct RequestStream: AsyncSequence, Sendable {
    public typealias Element = GenerationDelta
    public typealias Failure = EngineError

    /// The prompt, as it is run.
    public let promptTokenIDs: [Int]
    /// The parameters in use: `maxTokens` is what the context has room for when it was not given.
    public let params: SamplingParams
    /// The seed in use.
    public let seed: Int64
    private let handle: StreamHandle

    init(_ prepared: PreparedRequest, handle: StreamHandle) {
        promptTokenIDs = prepared.promptTokenIDs
        params = prepared.params
        seed = prepared.seed.value
        self.handle = handle
    }

    public struct AsyncIterator: AsyncIteratorProtocol, Sendable {
        fileprivate let handle: StreamHandle

        /// The next piece; nil after the last one.
        ///
        /// - Throws: why the request did not come to its end; `EngineError.cancelled` when it was given up.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(EngineError) -> GenerationDelta?
        {
            let handle = handle
            let result: Result<GenerationDelta?, EngineError> = await withTaskCancellationHandler {
                do throws(EngineError) {
                    return .success(try await handle.channel.next())
                } catch {
                    return .failure(error)
                }
            } onCancel: {
                handle.cancel()
            }
            return try result.get()
        }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(handle: handle) }

    /// Waits for the end and gives all of it. Cheaper than reading the pieces; those that came before are lost.
    public func output() async throws(EngineError) -> RequestOutput {
        let handle = handle
        let result: Result<RequestOutput, EngineError> = await withTaskCancellationHandler {
            do throws(EngineError) {
                return .success(try await handle.channel.output())
            } catch {
                return .failure(error)
            }
        } onCancel: {
            handle.cancel()
        }
        return try result.get()
    }

    /// Log-probabilities of the prompt's tokens, nil for the first; there from the first piece on when
    /// `promptLogprobs` was asked for.
    public var promptLogprobs: [TokenLogprobs?]? { handle.channel.promptLogprobs }

    /// All of the request, after the last piece was read; nil before.
    public var finishedOutput: RequestOutput? { handle.channel.finishedOutput }

    /// Gives the request up. Its reader gets `EngineError.cancelled`.
    public func cancel() { handle.cancel() }
}
