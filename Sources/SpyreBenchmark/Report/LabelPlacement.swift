/// Keeps labels beside each other from overlapping.
package enum LabelPlacement {
    /// Moves positions as little as it can so that neighbours are `distance` apart and all lie in `range`, where there
    /// is room. The order of equal positions is kept.
    package static func spread(_ wanted: [Double], distance: Double, in range: ClosedRange<Double>) -> [Double] {
        let order = wanted.indices.sorted { (wanted[$0], $0) < (wanted[$1], $1) }
        var placed = wanted
        var lowest = range.lowerBound
        for index in order {
            placed[index] = max(wanted[index], lowest)
            lowest = placed[index] + distance
        }
        // What was pushed over the end comes back, and pushes the others.
        var highest = range.upperBound
        for index in order.reversed() {
            placed[index] = min(placed[index], highest)
            highest = placed[index] - distance
        }
        return placed
    }
}
