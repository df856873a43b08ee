import Foundation

/// Requests that arrive by chance, the same for the same seed.
package struct SyntheticTrace: Sendable {
    package enum Arrivals: String, CaseIterable, Sendable {
        /// Each for itself: exponential gaps.
        case poisson
        /// In bursts of geometric size, a mean of `burstSize` together, with exponential gaps between bursts.
        case bursty
    }

    package enum Lengths: String, CaseIterable, Sendable {
        /// All of the mean.
        case fixed
        /// Equally likely from 1 to twice the mean.
        case uniform
        /// Log-normal with a deviation of 1 in the logarithm: most are short, some very long.
        case heavyTailed = "heavy-tailed"
    }

    package var arrivals = Arrivals.poisson
    package var lengths = Lengths.heavyTailed
    package var requests = 1000
    /// Requests a second.
    package var rate = 10.0
    package var burstSize = 16.0
    package var promptMean = 256
    package var outputMean = 128
    /// Tokens of prompt and output together at most; longer draws are cut.
    package var maximumLength = 2048
    /// Tokens at the front that all prompts have, as far as they are that long.
    package var sharedPrefix = 0
    package var seed: UInt64 = 0

    package init() {}

    package func make() -> [TraceRequest] {
        var random = SplitMix64(state: seed)
        var clock = 0.0
        var leftInBurst = 0.0
        return (0..<requests).map { _ in
            switch arrivals {
            case .poisson: clock += exponential(1 / rate, &random)
            case .bursty:
                if leftInBurst < 1 {
                    clock += exponential(burstSize / rate, &random)
                    leftInBurst = (exponential(burstSize, &random)).rounded(.up)
                }
                leftInBurst -= 1
            }
            let prompt = min(length(promptMean, &random), max(1, maximumLength - 1))
            let output = min(length(outputMean, &random), max(1, maximumLength - prompt))
            return TraceRequest(
                arrival: clock, promptLength: prompt, outputLength: output, sharedPrefix: min(sharedPrefix, prompt))
        }
    }

    private func exponential(_ mean: Double, _ random: inout SplitMix64) -> Double {
        -log(1 - random.unit()) * mean
    }

    private func length(_ mean: Int, _ random: inout SplitMix64) -> Int {
        switch lengths {
        case .fixed: return mean
        case .uniform: return 1 + Int(random.unit() * Double(2 * mean - 1))
        case .heavyTailed:
            // Box and Muller's transform; the mean of exp(m + n) is exp(m + 1/2).
            let normal = (-2 * log(1 - random.unit())).squareRoot() * cos(2 * .pi * random.unit())
            return max(1, Int(min(exp(log(Double(mean)) - 0.5 + normal), 1e9)))
        }
    }
}
