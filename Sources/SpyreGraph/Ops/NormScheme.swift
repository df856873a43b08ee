/// A norm's weight and epsilon.
public struct NormScheme: Hashable, Sendable {
    public var weight: Parameter
    /// Added inside the root: to the mean square, or to LayerNorm's variance.
    public var epsilon: Float

    var image: ParameterImage { .vector([VectorPart(weight)], arrangement: .stacked) }
    var printed: String { "\(weight.name) eps \(epsilon)" }
}
