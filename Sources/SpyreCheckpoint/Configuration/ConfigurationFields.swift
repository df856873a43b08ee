/// What the configuration readers of every source call a field, for error messages.
///
/// Bounds are checked field by field before the first product is taken.
struct ConfigurationFields {
    let file: String

    /// `value` if it is inside `range`.
    func bounded(_ value: Int, _ field: String, in range: ClosedRange<Int>) throws(CheckpointError) -> Int {
        guard range.contains(value) else {
            throw .fieldOutOfRange(
                file: file, field: field, value: "\(value)", allowed: "\(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// `value` if it is inside `range`; NaN never is.
    func bounded(_ value: Double, _ field: String, in range: ClosedRange<Double>) throws(CheckpointError) -> Double {
        guard value >= range.lowerBound, value <= range.upperBound else {
            throw .fieldOutOfRange(
                file: file, field: field, value: "\(value)", allowed: "\(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// Bounds of a factor that scales activations.
    static let multiplier = 1e-9...1e9
    /// Bounds of the base of the rotary frequencies.
    static let ropeTheta = 1.0...1e12
    /// Bounds of the constant inside RMSNorm's root.
    static let normEpsilon = 0.0...1.0

    /// Checks what no single field can: divisibility and parity.
    func checkHeads(hiddenSize: Int, headCount: Int, kvHeadCount: Int, headSize: Int?) throws(CheckpointError) -> Int {
        guard headCount.isMultiple(of: kvHeadCount) else {
            throw .inconsistentFields(
                file: file, reason: "\(headCount) heads are not a multiple of \(kvHeadCount) key/value heads")
        }
        if headSize == nil, !hiddenSize.isMultiple(of: headCount) {
            throw .inconsistentFields(
                file: file, reason: "hidden size \(hiddenSize) is not a multiple of \(headCount) heads")
        }
        let size = headSize ?? hiddenSize / headCount
        guard Limits.headSize.contains(size), size.isMultiple(of: 2) else {
            throw .fieldOutOfRange(
                file: file, field: "the head size", value: "\(size)",
                allowed: "an even number from \(Limits.headSize.lowerBound) to \(Limits.headSize.upperBound)")
        }
        return size
    }

    /// The token's number if it is in the vocabulary.
    func token(_ value: Int?, _ field: String, vocabularySize: Int) throws(CheckpointError) -> Int? {
        guard let value else { return nil }
        return try bounded(value, field, in: 0...(vocabularySize - 1))
    }
}
