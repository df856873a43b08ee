import SpyreExecutor

/// Room for the logits of one step, `[maximumLogitRows][vocabularySize]`, made once and used by every step.
final class LogitsBuffer {
    let rows: UnsafeMutableBufferPointer<Float>
    private let vocabularySize: Int

    init(_ limits: ExecutorLimits) throws(EngineError) {
        vocabularySize = limits.vocabularySize
        let (count, overflow) = limits.maximumLogitRows.multipliedReportingOverflow(by: limits.vocabularySize)
        guard !overflow, limits.maximumLogitRows > 0, limits.vocabularySize > 0 else {
            throw .inconsistent(
                "\(limits.maximumLogitRows) logit rows of \(limits.vocabularySize) logits are no limits to work with")
        }
        rows = .allocate(capacity: count)
    }

    deinit { rows.deallocate() }

    /// One row; `index` is below `maximumLogitRows`.
    func row(_ index: Int) -> UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(rebasing: rows[index * vocabularySize..<(index + 1) * vocabularySize])
    }
}
