/// What a slice selects, by Python's rule: negative bounds count from the end, and all are clamped to the sequence.
struct TemplateSliceBounds {
    let first: Int
    let last: Int
    let step: Int

    init(count: Int, start: Int?, stop: Int?, step: Int) {
        let lowest = step > 0 ? 0 : -1
        let highest = step > 0 ? count : count - 1
        func clamp(_ bound: Int) -> Int { min(max(bound < 0 ? bound + count : bound, lowest), highest) }
        first = start.map(clamp) ?? (step > 0 ? lowest : highest)
        last = stop.map(clamp) ?? (step > 0 ? highest : lowest)
        self.step = step
    }

    var indices: [Int] {
        var indices: [Int] = []
        var index = first
        while step > 0 ? index < last : index > last {
            indices.append(index)
            let (next, overflow) = index.addingReportingOverflow(step)
            if overflow { break }
            index = next
        }
        return indices
    }
}
