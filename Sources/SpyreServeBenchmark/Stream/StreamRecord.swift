/// What has come of one reply so far, and when.
package struct StreamRecord: Sendable {
    private static let done = [UInt8]("[DONE]".utf8)

    /// Nanoseconds from sending to the first chunk of output; nil before it.
    package private(set) var firstToken: UInt64?
    /// Nanoseconds from sending to the last chunk with a choice.
    package private(set) var end: UInt64 = 0
    /// Seconds between chunks of output.
    package private(set) var gaps: [Float] = []
    package private(set) var usage: TokenUsage?
    /// Whether the stream said that it is over: a finish reason, or `[DONE]`.
    package private(set) var isComplete = false
    private var lastOutput: UInt64 = 0
    private var isDone = false

    package init() {}

    /// Chunks of output.
    package var chunks: Int { firstToken == nil ? 0 : gaps.count + 1 }

    /// - Parameters:
    ///   - event: the data of a server-sent event.
    ///   - time: nanoseconds from sending to its arrival.
    package mutating func receive(event: [UInt8], at time: UInt64) throws(StreamProblem) {
        // What comes behind the mark is nobody's.
        guard !isDone, !event.isEmpty else { return }
        if event == Self.done {
            isDone = true
            isComplete = true
            return
        }
        receive(try StreamChunk(json: event), at: time)
    }

    package mutating func receive(_ chunk: StreamChunk, at time: UInt64) {
        if let usage = chunk.usage { self.usage = usage }
        if chunk.isFinish { isComplete = true }
        guard chunk.hasChoice else { return }
        end = time
        guard isOutput(chunk) else { return }
        if firstToken == nil {
            firstToken = time
        } else {
            gaps.append(Float(time - min(time, lastOutput)) * 1e-9)
        }
        lastOutput = time
    }

    /// A chunk without text can be a token all the same: a special one, or the first bytes of a character. What only
    /// tells the role before any text, and what only closes the choice after some, is none.
    private func isOutput(_ chunk: StreamChunk) -> Bool {
        if chunk.hasOutput { return true }
        return firstToken == nil ? chunk.isFinish || !chunk.hasRole : !chunk.isFinish
    }
}
