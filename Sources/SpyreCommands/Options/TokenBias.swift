/// One entry of `logit_bias` on a command line: `ID=BIAS`.
struct TokenBias: Equatable {
    let id: Int
    let bias: Float

    /// - Throws: what the argument parser prints behind the option's name.
    init(argument: String) throws(CommandFailure) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let id = Int32(parts[0]), id >= 0, let bias = Float(parts[1]) else {
            throw CommandFailure("expected a token id and a number, such as 17=-2.5")
        }
        self.id = Int(id)
        self.bias = bias
    }
}
