/// Rules out every token but the allowed ones.
struct AllowedTokensProcessor: LogitsProcessor {
    let allowed: [Int]

    init(_ allowed: [Int]) { self.allowed = Set(allowed).sorted() }

    func process(_ row: UnsafeMutableBufferPointer<Float>, history: TokenHistory) {
        let inRow = allowed.filter { $0 >= 0 && $0 < row.count }
        let kept = inRow.map { row[$0] }
        row.update(repeating: -.infinity)
        for (token, logit) in zip(inRow, kept) { row[token] = logit }
    }
}
