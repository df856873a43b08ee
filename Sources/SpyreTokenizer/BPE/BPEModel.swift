/// Vocabulary and merge rules: what turns a pre-token into ids.
struct BPEModel: Sendable {
    var vocabulary: Vocabulary
    var merges: MergeTable
    /// A pre-token that is a token is taken whole, whatever the merges say (Llama 3).
    var ignoreMerges: Bool
    /// Stands for bytes that the vocabulary lacks; without it they are dropped, as Hugging Face `tokenizers` does.
    var unknownID: Int32?
    /// Runs of such bytes become one unknown token instead of one each.
    var fuseUnknown: Bool
}
