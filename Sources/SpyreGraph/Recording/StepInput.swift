/// Names of the inputs that a step provides.
public enum StepInput: String, Sendable, CaseIterable {
    case tokenIDs = "token_ids"
    case positions
    case slots
    case queryStarts = "query_starts"
    case contextLengths = "context_lengths"
    case blockTables = "block_tables"
    case logitRows = "logit_rows"
}
