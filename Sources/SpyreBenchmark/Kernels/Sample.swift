/// Which elements of a large result are compared.
enum Sample {
    /// At most `count` of 0 ..< size: all when there are so few, else the first, the last quarter of them in a row, and
    /// the others spread between, never on one residue only.
    static func indices(of size: Int, count: Int) -> [Int] {
        guard size > count else { return Array(0..<size) }
        let tail = max(1, count / 4)
        let spread = count - tail
        let step = max(1, (size - tail) / spread)
        return (0..<spread).map { min(size - tail - 1, $0 * step + $0 % min(step, 7)) } + Array((size - tail)..<size)
    }
}
