/// One weight matrix of a linear op, `[outputs, columns]`, and its bias.
struct LinearPart: Hashable, Sendable {
    var weight: Parameter
    var bias: Parameter?

    var printed: String { weight.printed + (bias == nil ? "" : " + bias") }
}
