/// Arithmetic on shapes that come from a file.
enum TensorShape {
    /// The number of elements, or nil when the product does not fit in `Int`.
    ///
    /// The product over the non-zero dimensions has to fit even if another dimension is zero, so that no later product
    /// over some of the dimensions can overflow.
    static func elementCount(_ shape: [Int]) -> Int? {
        var product = 1
        var hasZero = false
        for size in shape {
            guard size >= 0 else { return nil }
            if size == 0 {
                hasZero = true
                continue
            }
            let (next, overflow) = product.multipliedReportingOverflow(by: size)
            guard !overflow else { return nil }
            product = next
        }
        return hasZero ? 0 : product
    }
}
