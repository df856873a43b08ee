/// The bounds that `range` was called with. Arithmetic on them wraps: they are only printed.
struct TemplateRange {
    let start: Int
    let stop: Int
    let step: Int

    /// The range that Python makes of a slice from element `first` to before element `last`.
    func sliced(first: Int, last: Int, step sliceStep: Int) -> TemplateRange {
        TemplateRange(start: start &+ first &* step, stop: start &+ last &* step, step: step &* sliceStep)
    }

    var text: String { "range(\(start), \(stop)" + (step == 1 ? ")" : ", \(step))") }
}
