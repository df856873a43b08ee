import SpyreDevice

/// Where the contents of parameters come from; the executor implements it over a checkpoint.
public protocol ParameterSource: AnyObject {
    /// Gives the rows of a matrix in their stored form, row-major, for the duration of `body`.
    func withMatrix(
        _ parameter: Parameter, _ body: (UnsafeRawBufferPointer, SourceType) throws(GraphError) -> Void
    ) throws(GraphError)

    /// The elements of a vector.
    func vector(_ name: String) throws(GraphError) -> [Float]
}
