import SpyreDevice
import SpyreExecutor

/// What is said at start about room for keys and values.
struct KVCacheNotice {
    let text: String

    init(_ limits: ExecutorLimits, type: ScalarType) {
        let blocks = max(0, limits.blockCount - 1)
        let tokens = blocks * ExecutorLimits.blockTokens
        let mebibytes = limits.blockCount.multipliedReportingOverflow(by: limits.blockBytes).partialValue >> 20
        let requests = limits.fullLengthSequences
        text =
            "KV cache of \(type): \(blocks) blocks, \(tokens) tokens, \(mebibytes) MiB; room for \(requests) "
            + "\(requests == 1 ? "request" : "requests") of \(limits.maximumModelLength) tokens at a time"
    }

    /// Takes the bar of loading away and says it to whom notices are shown.
    func write(after reporter: ProgressReporter, quiet: Bool) {
        reporter.finish()
        Notices.write(text, quiet: quiet)
    }
}
