/// Finds what a user may have meant.
enum NearMiss {
    /// Names that differ little from `name` (case does not count), the closest first, at most two.
    static func find(_ name: String, among candidates: [String]) -> [String] {
        let wanted = Array(name.lowercased().unicodeScalars.prefix(maximumLength))
        let allowed = max(2, wanted.count / 4)
        let close = candidates.compactMap { candidate -> (distance: Int, name: String)? in
            let other = Array(candidate.lowercased().unicodeScalars.prefix(maximumLength))
            let isPart = wanted.count >= 3 && candidate.lowercased().contains(name.lowercased())
            let distance = isPart ? 0 : distance(wanted, other)
            return distance <= allowed ? (distance, candidate) : nil
        }
        return close.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(2).map(\.name)
    }

    private static let maximumLength = 255

    /// Insertions, deletions and substitutions (V. I. Levenshtein, "Binary codes capable of correcting deletions,
    /// insertions, and reversals", 1966).
    private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let substitution = diagonal + (a == b ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substitution, row[j] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
