/// Runs one compiled graph; the three backends implement it.
protocol GraphRunner: AnyObject {
    /// Shapes that will be compiled, for progress reports.
    var plannedCompilations: Int { get }
    /// Programs compiled so far.
    var compilations: Int { get }
    /// Barriers between the ops of one launch; nil where no program has been compiled.
    func barrierCount() throws(GraphError) -> Int?
    /// Compiles everything that requests will need.
    func prepare(progress: (() -> Void)?) throws(GraphError)
    /// The shape that a step of the given sizes runs in: equal, or larger where the backend pads.
    func shape(for step: LaunchShape) throws(GraphError) -> LaunchShape
    /// Runs a shape that `shape(for:)` gave. The inputs have been written.
    func launch(_ shape: LaunchShape) throws(GraphError)
}
