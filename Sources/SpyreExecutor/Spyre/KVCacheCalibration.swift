import SpyreDevice
import SpyreGraph

/// Finds the scales of an int8 KV cache: the largest key and the largest value of each KV head of each layer, over a
/// prompt of tokens from all over the vocabulary, become codes near `target`. What a request brings beyond the largest
/// code is cut to it.
///
/// The prompt is the same every time and the arithmetic is deterministic, so are the scales. It is read by the programs
/// that requests use, with scales that come nearer from round to round; the blocks that it fills belong to nobody
/// afterwards.
struct KVCacheCalibration {
    let runner: SpyreModelRunner
    let limits: ExecutorLimits
    let cache: KVCache
    let stream: Stream
    /// Rows of the largest step that there is a program for.
    let rows: Int

    /// Tokens of the prompt, as far as a step and the cache have room for them.
    static let tokens = 256
    /// Code of the largest element of the prompt. The rest up to 127 is room for larger ones.
    static let target: Float = 64
    /// The largest code, which all that is larger has too.
    static let greatest = 127
    /// A first guess, and what a scale that cuts elements is multiplied with.
    private static let (guess, step): (Float, Float) = (1 / 8, 16)
    /// Rounds in which nothing is cut. Each measures what the last one has only guessed, or seen coarsely.
    private static let clearRounds = 2
    private static let greatestRounds = 12

    func run() throws(ExecutorError) {
        let batch = batch()
        let blocks = ExecutorLimits.blocks(forTokens: batch.rowCount)
        let logits = UnsafeMutableBufferPointer<Float>.allocate(capacity: limits.vocabularySize)
        defer { logits.deallocate() }
        var scales = cache.scales.map { _ in Self.guess }
        var clear = 0
        for _ in 0..<Self.greatestRounds {
            try graphCall { () throws(GraphError) in try cache.setScales(scales, on: stream) }
            if clear == Self.clearRounds { return }
            try runner.execute(batch, logits: logits)
            let codes = try graphCall { () throws(GraphError) in
                try cache.greatestCodes(blocks: blocks, on: stream)
            }
            clear = codes.contains(Self.greatest) ? 0 : clear + 1
            scales = zip(scales, codes).map(Self.next)
        }
        throw .unsupportedModel(
            "its keys or values have no largest element for int8; use --kv-cache-dtype bfloat16 or float16")
    }

    /// A head whose codes are all 0 may have small elements or none at all.
    static func next(_ scale: Float, _ code: Int) -> Float {
        if code >= greatest { return scale * step }
        let next = scale * max(Float(code), 0.5) / target
        return next.isNormal ? next : scale
    }

    /// The whole prompt in one step of one sequence, in blocks 1 and on.
    private func batch() -> ForwardBatch {
        let room = (limits.blockCount - 1).multipliedReportingOverflow(by: ExecutorLimits.blockTokens)
        let count = min(
            Self.tokens, rows, limits.maximumModelLength, room.overflow ? Int.max : room.partialValue)
        let blocks = ExecutorLimits.blocks(forTokens: count)
        return ForwardBatch(
            tokenIDs: Self.prompt(count, vocabulary: limits.vocabularySize), positions: (0..<count).map(Int32.init),
            slots: (0..<count).map { Int32(ExecutorLimits.blockTokens + $0) }, queryStarts: [0, Int32(count)],
            contextLengths: [Int32(count)], blockTables: [(0..<blocks).map { Int32(1 + $0) }],
            logitRows: [Int32(count - 1)])
    }

    /// Ids in no order, by Weyl's sequence: multiples of the golden ratio, modulo 1, cover the vocabulary evenly.
    static func prompt(_ count: Int, vocabulary: Int) -> [Int32] {
        (0..<count).map { i in
            let fraction = UInt32(truncatingIfNeeded: i) &* 2_654_435_769
            return Int32(truncatingIfNeeded: Int((UInt64(fraction) * UInt64(vocabulary)) >> 32))
        }
    }
}
