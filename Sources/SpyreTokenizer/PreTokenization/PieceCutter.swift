/// Turns the matches in one piece of text into smaller pieces, by a `SplitBehavior`.
struct PieceCutter {
    private struct Span {
        var range: Range<Int>
        var isMatch: Bool
    }

    private var spans: [Span] = []
    private var end = 0

    /// Starts a piece of text.
    mutating func begin() {
        spans.removeAll(keepingCapacity: true)
        end = 0
    }

    /// Notes a match; matches come left to right.
    mutating func addMatch(_ range: Range<Int>) {
        if end < range.lowerBound { spans.append(Span(range: end..<range.lowerBound, isMatch: false)) }
        spans.append(Span(range: range, isMatch: true))
        end = range.upperBound
    }

    /// Appends the pieces of the text of `length` bytes, which begins at `base`, to `pieces`.
    mutating func finish(
        length: Int, base: Int, behavior: SplitBehavior, invert: Bool, into pieces: inout [Range<Int>]
    ) {
        if end < length { spans.append(Span(range: end..<length, isMatch: false)) }
        if invert { for index in spans.indices { spans[index].isMatch.toggle() } }
        let first = pieces.count
        switch behavior {
        case .isolated: pieces += spans.lazy.map(\.range)
        case .removed: pieces += spans.lazy.filter { !$0.isMatch }.map(\.range)
        case .contiguous: joinEqualNeighbours(into: &pieces)
        case .mergedWithPrevious: joinToPrevious(into: &pieces)
        case .mergedWithNext: joinToNext(into: &pieces)
        }
        var kept = first
        for index in first..<pieces.count where !pieces[index].isEmpty {
            pieces[kept] = (pieces[index].lowerBound + base)..<(pieces[index].upperBound + base)
            kept += 1
        }
        pieces.removeSubrange(kept...)
    }

    private func joinEqualNeighbours(into pieces: inout [Range<Int>]) {
        var previous: Bool?
        for span in spans {
            if span.isMatch == previous, let last = pieces.last {
                pieces[pieces.count - 1] = last.lowerBound..<span.range.upperBound
            } else {
                pieces.append(span.range)
            }
            previous = span.isMatch
        }
    }

    private func joinToPrevious(into pieces: inout [Range<Int>]) {
        var previous: Bool?
        for span in spans {
            if span.isMatch, previous == false, let last = pieces.last {
                pieces[pieces.count - 1] = last.lowerBound..<span.range.upperBound
            } else {
                pieces.append(span.range)
            }
            previous = span.isMatch
        }
    }

    private func joinToNext(into pieces: inout [Range<Int>]) {
        for (index, span) in spans.enumerated() {
            if index > 0, spans[index - 1].isMatch, !span.isMatch, let last = pieces.last {
                pieces[pieces.count - 1] = last.lowerBound..<span.range.upperBound
            } else {
                pieces.append(span.range)
            }
        }
    }
}
