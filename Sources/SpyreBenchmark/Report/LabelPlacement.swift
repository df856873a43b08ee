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

    /// The first of several places that is `distance` away from everything, or else the one that is furthest away.
    ///
    /// - Parameters:
    ///   - places: points that a label covers, for each place.
    ///   - points: what it should not cover.
    /// - Precondition: there is a place.
    package static func clearest(
        _ places: [[(x: Double, y: Double)]], avoiding points: [(x: Double, y: Double)], distance: Double
    ) -> Int {
        var best = (index: 0, room: -1.0)
        for (index, place) in places.enumerated() {
            var room = Double.infinity
            for covered in place {
                for point in points {
                    let (dx, dy) = (covered.x - point.x, covered.y - point.y)
                    room = min(room, (dx * dx + dy * dy).squareRoot())
                }
            }
            if room >= distance { return index }
            if room > best.room { best = (index, room) }
        }
        return best.index
    }
}
