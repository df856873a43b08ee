/// Which GELU a model was trained with.
public enum GELUForm: Hashable, Sendable {
    /// `x Phi(x)`, with the distribution function of the normal distribution.
    case exact
    /// `x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))`
    case tanh
}
