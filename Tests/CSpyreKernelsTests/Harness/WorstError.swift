/// The largest error of a kernel variant that a test run came upon.
struct WorstError: Sendable {
    var elements = 0
    /// In units of the bound.
    var share = 0.0
    /// In units of the last place of float32.
    var ulps = 0.0
    var place = ""

    mutating func merge(_ other: WorstError) {
        elements += other.elements
        ulps = max(ulps, other.ulps)
        if other.share >= share { (share, place) = (other.share, other.place) }
    }
}
