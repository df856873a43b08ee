/// Vector scans over one row of logits. All results are exact and independent of how the row is cut into vectors.
enum LogitsRow {
    typealias Lanes = SIMD8<Float>
    static let laneCount = Lanes.scalarCount

    /// The greatest logit and the lowest token id that has it.
    struct Maximum: Equatable {
        let value: Float
        let tokenID: Int
    }

    /// The maximum of a row in one pass; a second look stops at the first token that has it.
    ///
    /// - Throws: `notANumber`, `infiniteLogit`, or `noTokenLeft` for an empty row or one of -infinities.
    static func maximum(_ row: UnsafeBufferPointer<Float>, ruled: Bool = false) throws(SamplingError) -> Maximum {
        let (value, hasNaN) = greatest(row)
        if hasNaN {
            throw .notANumber(tokenID: row.firstIndex(where: \.isNaN) ?? 0)
        }
        guard value > -.infinity else { throw .noTokenLeft(vocabularySize: row.count, ruled: ruled) }
        let tokenID = firstIndex(of: value, in: row)
        guard value < .infinity else { throw .infiniteLogit(tokenID: tokenID) }
        return Maximum(value: value, tokenID: tokenID)
    }

    /// The greatest value that is a number (-infinity for none) and whether there is a NaN.
    private static func greatest(_ row: UnsafeBufferPointer<Float>) -> (value: Float, hasNaN: Bool) {
        var best = Lanes(repeating: -.infinity)
        var second = best
        var nan = SIMDMask<SIMD8<Int32>>(repeating: false)
        var index = 0
        // Two chains of comparisons, because one has to wait for its own latency.
        while index <= row.count - 2 * laneCount {
            let a = load(row, index)
            let b = load(row, index + laneCount)
            // Comparisons with a NaN are false: it never becomes the maximum and is remembered apart.
            best.replace(with: a, where: a .> best)
            second.replace(with: b, where: b .> second)
            nan .|= (a .!= a) .| (b .!= b)
            index += 2 * laneCount
        }
        best.replace(with: second, where: second .> best)
        var value = -Float.infinity
        for lane in 0..<laneCount where best[lane] > value { value = best[lane] }
        var hasNaN = any(nan)
        while index < row.count {
            let x = row[index]
            if x > value { value = x }
            if x.isNaN { hasNaN = true }
            index += 1
        }
        return (value, hasNaN)
    }

    private static func firstIndex(of value: Float, in row: UnsafeBufferPointer<Float>) -> Int {
        let wanted = Lanes(repeating: value)
        var index = 0
        while index <= row.count - laneCount, !any(load(row, index) .== wanted) { index += laneCount }
        while index < row.count, row[index] != value { index += 1 }
        return index
    }

    /// How many values are at least `threshold`.
    static func count(of row: UnsafeBufferPointer<Float>, atLeast threshold: Float) -> Int {
        let limit = Lanes(repeating: threshold)
        let none = SIMD8<Int32>(repeating: 0)
        var counts = none
        var index = 0
        while index <= row.count - laneCount {
            counts &+= none.replacing(with: 1, where: load(row, index) .>= limit)
            index += laneCount
        }
        return Int(counts.wrappedSum()) + row[index...].count { $0 >= threshold }
    }

    /// Calls `body` with each index, in ascending order, whose value is at least `threshold`.
    @inline(__always)
    static func forEachIndex(
        of row: UnsafeBufferPointer<Float>, atLeast threshold: Float, _ body: (Int) -> Void
    ) {
        let limit = Lanes(repeating: threshold)
        var index = 0
        while index <= row.count - laneCount {
            let x = load(row, index)
            if any(x .>= limit) {
                for lane in 0..<laneCount where x[lane] >= threshold { body(index + lane) }
            }
            index += laneCount
        }
        while index < row.count {
            if row[index] >= threshold { body(index) }
            index += 1
        }
    }

    /// Eight values from `index` on; the caller guarantees that they are there.
    @inline(__always)
    static func load(_ row: UnsafeBufferPointer<Float>, _ index: Int) -> Lanes {
        UnsafeRawBufferPointer(row).loadUnaligned(fromByteOffset: index &* MemoryLayout<Float>.stride, as: Lanes.self)
    }
}
