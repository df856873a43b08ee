/// Which kernels are measured: what the user named, or all.
package struct KernelSelection: Sendable {
    package var ops: [String] = []
    package var dtypes: [String] = []
    package var shapes: [KernelShape] = []
    package var isQuick = false

    package init() {}

    /// In the catalog's order, types within shapes that share weights.
    ///
    /// - Throws: a `BenchmarkError` that lists what there is, when a name is unknown or a shape fits no op.
    package func cases() throws(BenchmarkError) -> [KernelCase] {
        for op in ops where !KernelCatalog.names.contains(op) {
            throw BenchmarkError(
                .request, "unknown op '\(op.prefix(60))'; the ops are \(KernelCatalog.names.joined(separator: ", "))")
        }
        var types: [String] = []
        for name in dtypes { types.append(try KernelCatalog.dtype(named: name)) }
        let families = KernelCatalog.families.filter { ops.isEmpty || ops.contains($0.name) }
        let fitting = families.filter { !Self.types($0, among: types).isEmpty }
        guard !fitting.isEmpty else {
            let known = families.map { "\($0.name): \($0.dtypes.joined(separator: ", "))" }.joined(separator: "; ")
            throw BenchmarkError(.request, "no such op has that type; \(known)")
        }
        return shapes.isEmpty ? defaults(fitting, types) : try named(fitting, types)
    }

    /// The family's types that are among some, all if there are none.
    private static func types(_ family: KernelFamily, among types: [String]) -> [String] {
        family.dtypes.filter { types.isEmpty || types.contains($0) }
    }

    private func defaults(_ families: [KernelFamily], _ types: [String]) -> [KernelCase] {
        families.flatMap { family in
            let shapes = isQuick ? family.quickShapes : family.shapes
            return Self.types(family, among: types).flatMap { dtype in
                // Blocks of 256 do not divide every model's sizes.
                shapes.filter { (try? family.check(dtype, $0)) != nil }
                    .map { KernelCase(family: family, dtype: dtype, shape: $0) }
            }
        }
    }

    private func named(_ families: [KernelFamily], _ types: [String]) throws(BenchmarkError) -> [KernelCase] {
        var cases: [KernelCase] = []
        for shape in shapes {
            let fitting = families.filter { $0.rank == shape.sizes.count }
            guard !fitting.isEmpty else {
                let known = families.map { "\($0.name) \($0.dimensions)" }.joined(separator: ", ")
                throw BenchmarkError(.request, "no such op has the shape \(shape); shapes are \(known)")
            }
            for family in fitting {
                for dtype in Self.types(family, among: types) {
                    do throws(BenchmarkError) {
                        try family.check(dtype, shape)
                        cases.append(KernelCase(family: family, dtype: dtype, shape: shape))
                    } catch {
                        // A shape for one op need not fit the others of the same rank.
                        if families.count == 1 { throw error }
                    }
                }
            }
        }
        guard !cases.isEmpty else {
            throw BenchmarkError(.request, "no op can have these shapes; name one with --op to see why")
        }
        return cases
    }
}
