/// How requests come, whatever becomes of earlier ones.
package enum ArrivalProcess: Sendable, Equatable {
    /// All of them at the beginning.
    case together
    /// So many a second, each as long after the one before.
    case fixed(rate: Double)
    /// So many a second on average, with intervals from the gamma distribution of mean `1 / rate` and shape
    /// `burstiness`: 1 is a Poisson process, less has bursts, more is more even. The variance of an interval is
    /// `1 / (rate² · burstiness)`. This is what vLLM's `--burstiness` means.
    case gamma(rate: Double, burstiness: Double)

    /// Requests a second; nil when all come together.
    package var rate: Double? {
        switch self {
        case .together: nil
        case .fixed(let rate), .gamma(let rate, _): rate
        }
    }
}
