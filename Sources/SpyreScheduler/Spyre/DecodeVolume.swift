/// Rows times tkv of a decode step, row by row. On the card all rows of a step have as many blocks as the longest, by
/// padding on the left, so that tkv is not simply the longest context.
struct DecodeVolume: Sendable {
    let blockTokens: Int
    private(set) var rows = 0
    /// Blocks of the longest row.
    private var width = 0
    /// The most tokens that a row has in its last block.
    private var fill = 0

    init(blockTokens: Int) { self.blockTokens = blockTokens }

    var tkv: Int { rows == 0 ? 0 : (width - 1) * blockTokens + fill }

    /// - Parameter computed: tokens in the cache before the step.
    mutating func add(_ computed: Int) {
        rows += 1
        width = max(width, computed / blockTokens + 1)
        fill = max(fill, computed % blockTokens + 1)
    }

    /// Rows times tkv with one more row.
    func with(_ computed: Int) -> Int {
        var volume = self
        volume.add(computed)
        return volume.rows * volume.tkv
    }
}
