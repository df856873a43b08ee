/// What one step runs: a value, so that a policy can be tested without a model.
struct StepPlan: Sendable, Equatable {
    /// Rows of one sequence.
    struct Item: Sendable, Equatable {
        /// Index in the list of running sequences.
        var sequence: Int
        /// Index in the sequence of the first token that is run.
        var start: Int
        /// How many tokens are run.
        var count: Int
        /// The last `logitRows` of the rows need their logits.
        var logitRows: Int
    }

    var items: [Item] = []

    var rowCount: Int { items.reduce(0) { $0 + $1.count } }
    var logitRowCount: Int { items.reduce(0) { $0 + $1.logitRows } }
}
