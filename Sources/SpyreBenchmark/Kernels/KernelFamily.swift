/// One op of the library as the harness knows it: types, shapes, and how it is prepared.
package struct KernelFamily: Sendable {
    package let name: String
    /// What the numbers of a shape are, such as `MxNxK`.
    package let dimensions: String
    package let dtypes: [String]
    package let shapes: [KernelShape]
    /// The few that `--quick` measures.
    package let quickShapes: [KernelShape]
    /// Throws a `BenchmarkError` for sizes that the op cannot have.
    package let validate: @Sendable (_ dtype: String, _ shape: KernelShape) throws(BenchmarkError) -> Void
    package let prepare: @Sendable (KernelContext, _ dtype: String, _ shape: KernelShape) throws -> any PreparedKernel

    package init(
        name: String, dimensions: String, dtypes: [String], shapes: [KernelShape], quickShapes: [KernelShape],
        validate: @escaping @Sendable (String, KernelShape) throws(BenchmarkError) -> Void = { _, _ in },
        prepare: @escaping @Sendable (KernelContext, String, KernelShape) throws -> any PreparedKernel
    ) {
        self.name = name
        self.dimensions = dimensions
        self.dtypes = dtypes
        self.shapes = shapes
        self.quickShapes = quickShapes
        self.validate = validate
        self.prepare = prepare
    }

    package var rank: Int { dimensions.split(separator: "x").count }

    package func check(_ dtype: String, _ shape: KernelShape) throws(BenchmarkError) {
        guard shape.sizes.count == rank else {
            throw BenchmarkError(
                .request, "\(name) takes shapes \(dimensions), such as \(shapes[0]); got \(shape)")
        }
        try validate(dtype, shape)
    }
}
