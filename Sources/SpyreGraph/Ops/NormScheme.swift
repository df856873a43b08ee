/// RMSNorm's weight and epsilon.
public struct NormScheme: Hashable, Sendable {
    public var weight: Parameter
    /// Added to the mean square inside the root.
    public var epsilon: Float

    var image: ParameterImage { .vector([VectorPart(weight)], arrangement: .stacked) }
    var printed: String { "\(weight.name) eps \(epsilon)" }
}
