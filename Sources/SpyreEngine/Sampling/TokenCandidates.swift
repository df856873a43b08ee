/// The tokens that may still be drawn, with logits that become weights (probabilities without a common factor).
///
/// Scratch memory of one thread, reused from row to row. Tokens are in ascending order of their ids throughout.
struct TokenCandidates {
    /// Token ids, or empty when the candidates are the whole row in its order.
    private var ids: [Int32] = []
    /// Logits, and after `exponentiate` weights.
    private(set) var values: [Float] = []
    /// Sum of the weights.
    private(set) var total = 0.0
    private var isWholeRow = true

    var count: Int { values.count }

    func tokenID(at index: Int) -> Int { isWholeRow ? index : Int(ids[index]) }

    /// Takes the tokens of a row whose logit is at least `threshold`; -infinity takes the whole row.
    mutating func collect(_ row: UnsafeBufferPointer<Float>, atLeast threshold: Float) {
        ids.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        isWholeRow = threshold == -.infinity
        if isWholeRow {
            values.append(contentsOf: row)
        } else {
            LogitsRow.forEachIndex(of: row, atLeast: threshold) { index in
                ids.append(Int32(truncatingIfNeeded: index))
                values.append(row[index])
            }
        }
    }

    /// Turns logits into weights e^((logit - maximum) / temperature).
    mutating func exponentiate(maximum: Float, temperature: Double) {
        let scale = Float(1 / temperature)
        total = values.withUnsafeMutableBufferPointer {
            VectorExp.exponentiate($0, shift: maximum, scale: scale)
        }
    }

    /// Drops the weights below `limit`, so that what follows looks at few. The total stays that of all. Does nothing
    /// when most would stay, since moving them costs more than looking at the others.
    mutating func drop(below limit: Float) {
        let left = values.withUnsafeBufferPointer { LogitsRow.count(of: $0, atLeast: limit) }
        guard left < values.count / 2 else { return }
        let whole = isWholeRow
        if whole && ids.count < values.count {
            ids.append(contentsOf: repeatElement(0, count: values.count - ids.count))
        }
        let kept = values.withUnsafeMutableBufferPointer { values in
            ids.withUnsafeMutableBufferPointer { ids in
                var kept = 0
                var index = 0
                while index < values.count {
                    let left = values.count - index
                    if left >= LogitsRow.laneCount,
                        !any(LogitsRow.load(UnsafeBufferPointer(values), index) .>= LogitsRow.Lanes(repeating: limit))
                    {
                        index += LogitsRow.laneCount
                        continue
                    }
                    for _ in 0..<min(left, LogitsRow.laneCount) {
                        // Every weight goes to a place that has been read, and the next one takes it if this one is
                        // too small: which are kept is nothing that a processor could predict.
                        let weight = values[index]
                        values[kept] = weight
                        ids[kept] = whole ? Int32(truncatingIfNeeded: index) : ids[index]
                        kept += weight >= limit ? 1 : 0
                        index += 1
                    }
                }
                return kept
            }
        }
        ids.removeLast(ids.count - kept)
        values.removeLast(values.count - kept)
        isWholeRow = false
    }

    /// Keeps the weights above the threshold and the first `ties` (those with the lowest ids) of those equal to it.
    mutating func keep(_ nucleus: RadixSelection.Nucleus) {
        var kept = 0
        var ties = nucleus.ties
        var mass = 0.0
        if isWholeRow && ids.count < values.count {
            ids.append(contentsOf: repeatElement(0, count: values.count - ids.count))
        }
        for index in values.indices where values[index] >= nucleus.threshold {
            let weight = values[index]
            if weight == nucleus.threshold {
                guard ties > 0 else { continue }
                ties -= 1
            }
            ids[kept] = Int32(truncatingIfNeeded: tokenID(at: index))
            values[kept] = weight
            mass += Double(weight)
            kept += 1
        }
        ids.removeLast(ids.count - kept)
        values.removeLast(values.count - kept)
        isWholeRow = false
        total = mass
    }

    /// The token at the fraction `uniform` (in [0, 1)) of the total weight, counted in the order of the ids.
    func draw(_ uniform: Double) -> Int {
        let target = uniform * total
        var sum = 0.0
        var last = 0
        for index in values.indices where values[index] > 0 {
            sum += Double(values[index])
            last = index
            if sum > target { break }
        }
        // When rounding lets the sum end below the target, the last token that has a weight is the one.
        return tokenID(at: last)
    }
}
