/// Keeps sequences of tokens from being completed: when the output ends with all but the last token of one, the last is
/// ruled out. A sequence of one token is always ruled out. Only the output counts, not the prompt.
struct BadWordsProcessor: LogitsProcessor {
    /// The tokens before the last one, and the last.
    private let words: [(prefix: [Int], last: Int)]

    /// - Parameter words: the token ids of each word. A word usually needs two entries, as it stands at the start of a
    ///   text and as it stands after a space; making them is the caller's work. Empty entries are ignored.
    init(_ words: [[Int]]) {
        self.words = words.compactMap { word in
            word.last.map { (Array(word.dropLast()), $0) }
        }
    }

    var isEmpty: Bool { words.isEmpty }

    func process(_ row: UnsafeMutableBufferPointer<Float>, history: TokenHistory) {
        for (prefix, last) in words where history.output.suffix(prefix.count).elementsEqual(prefix) {
            row.mask(last)
        }
    }
}
