/// The sizes of a kernel, such as `512x4096x4096`.
package struct KernelShape: Sendable, Equatable, Hashable, CustomStringConvertible {
    package let sizes: [Int]

    package init(_ sizes: Int...) { self.sizes = sizes }
    package init(sizes: [Int]) { self.sizes = sizes }

    package static let greatestSize = 1 << 20
    package static let greatestProduct = 1 << 40

    /// - Throws: a `BenchmarkError` for what is not sizes with `x` between them.
    package init(parsing text: String) throws(BenchmarkError) {
        let parts = text.split(separator: "x", omittingEmptySubsequences: false)
        var sizes: [Int] = []
        for part in parts {
            guard part.utf8.allSatisfy({ (48...57).contains($0) }), let size = Int(part),
                (1...Self.greatestSize).contains(size)
            else {
                throw BenchmarkError(
                    .request,
                    "'\(text.prefix(60))' is no shape; write sizes in 1...\(Self.greatestSize) with x between them, "
                        + "such as 512x4096x4096")
            }
            sizes.append(size)
        }
        var product = 1
        for size in sizes {
            let (next, overflow) = product.multipliedReportingOverflow(by: size)
            guard !overflow, next <= Self.greatestProduct else {
                throw BenchmarkError(.request, "shape \(text.prefix(60)) is too large; use smaller sizes")
            }
            product = next
        }
        self.sizes = sizes
    }

    package var description: String { sizes.map(String.init).joined(separator: "x") }

    package subscript(index: Int) -> Int { sizes[index] }
}
