/// The largest error of a kernel variant that a test run came upon.
struct WorstError: Sendable {
    var elements = 0
    /// In units of the bound.
    var share = 0.0
    /// Where that was, and what was allowed there in units of the last place of float32.
    var place = ""
    var bound = 0.0
    /// The largest in units of the last place, wherever that was.
    var ulps = 0.0

    mutating func merge(_ other: WorstError) {
        elements += other.elements
        ulps = max(ulps, other.ulps)
        if other.share >= share { (share, place, bound) = (other.share, other.place, other.bound) }
    }
}
