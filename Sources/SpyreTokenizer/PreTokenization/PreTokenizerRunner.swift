/// Runs the stages of a pre-tokenizer over one piece of text. Holds working memory: one thread at a time.
struct PreTokenizerRunner {
    private let stages: [PreTokenizerStage]
    private let matcher = PatternMatcher()
    private var cutter = PieceCutter()
    private var pieces: [Range<Int>] = []
    private var nextPieces: [Range<Int>] = []

    init(stages: [PreTokenizerStage]) {
        self.stages = stages
    }

    /// Calls `body` with the bytes of every pre-token of `text` (valid UTF-8, not empty) in order.
    mutating func run(
        _ text: UnsafeBufferPointer<UInt8>, body: (UnsafeBufferPointer<UInt8>) -> Void
    ) throws(TokenizerError) {
        pieces.removeAll(keepingCapacity: true)
        pieces.append(0..<text.count)
        try run(stages[...], text, body)
    }

    private mutating func run(
        _ stages: ArraySlice<PreTokenizerStage>, _ text: UnsafeBufferPointer<UInt8>,
        _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) throws(TokenizerError) {
        for (index, stage) in zip(stages.indices, stages) {
            switch stage {
            case .split(let pattern, let behavior, let invert):
                try split(text, by: pattern, behavior, invert: invert)
            case .splitText(let needle, let behavior, let invert):
                split(text, by: needle, behavior, invert: invert)
            case .addPrefixSpace:
                // The text changes here, so the remaining stages run on the new one.
                let changed = withPrefixSpaces(text)
                let result: Result<Void, TokenizerError> = changed.withUnsafeBufferPointer { changed in
                    do throws(TokenizerError) {
                        return .success(try run(stages[(index + 1)...], changed, body))
                    } catch {
                        return .failure(error)
                    }
                }
                return try result.get()
            }
        }
        for piece in pieces { body(UnsafeBufferPointer(rebasing: text[piece])) }
    }

    private mutating func split(
        _ text: UnsafeBufferPointer<UInt8>, by pattern: CompiledPattern, _ behavior: SplitBehavior, invert: Bool
    ) throws(TokenizerError) {
        nextPieces.removeAll(keepingCapacity: true)
        for piece in pieces {
            cutter.begin()
            // A piece is a text of its own: assertions do not see past its ends.
            let subject = UnsafeBufferPointer(rebasing: text[piece])
            try matcher.forEachMatch(of: pattern, in: subject) { cutter.addMatch($0) }
            cutter.finish(
                length: piece.count, base: piece.lowerBound, behavior: behavior, invert: invert, into: &nextPieces)
        }
        swap(&pieces, &nextPieces)
    }

    private mutating func split(
        _ text: UnsafeBufferPointer<UInt8>, by needle: [UInt8], _ behavior: SplitBehavior, invert: Bool
    ) {
        nextPieces.removeAll(keepingCapacity: true)
        for piece in pieces {
            cutter.begin()
            var start = piece.lowerBound
            while let first = needle.first, start + needle.count <= piece.upperBound {
                if text[start] == first, needle.elementsEqual(text[start..<(start + needle.count)]) {
                    let found = start - piece.lowerBound
                    cutter.addMatch(found..<(found + needle.count))
                    start += needle.count
                } else {
                    start += 1
                }
            }
            cutter.finish(
                length: piece.count, base: piece.lowerBound, behavior: behavior, invert: invert, into: &nextPieces)
        }
        swap(&pieces, &nextPieces)
    }

    /// The pieces, each with a space before it unless it has one; leaves `pieces` pointing into the result.
    private mutating func withPrefixSpaces(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var changed: [UInt8] = []
        changed.reserveCapacity(text.count + pieces.count)
        for index in pieces.indices {
            let start = changed.count
            if text[pieces[index].lowerBound] != 0x20 { changed.append(0x20) }
            changed.append(contentsOf: text[pieces[index]])
            pieces[index] = start..<changed.count
        }
        return changed
    }
}
