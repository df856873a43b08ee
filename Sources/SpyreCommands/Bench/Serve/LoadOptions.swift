import ArgumentParser
import SpyreServeBenchmark

/// When requests come, and how many of them.
struct LoadOptions: ParsableArguments {
    enum Arrival: String, ExpressibleByArgument, CaseIterable {
        case gamma, fixed
    }

    static let defaultRequests = 100
    private static let greatestRequests = 1_000_000

    @Option(
        help: ArgumentHelp(
            "Requests; default: \(Self.defaultRequests), or the lines of --prompts-file.", valueName: "n"))
    var numPrompts: Int?
    @Option(
        help: ArgumentHelp("Requests for so many seconds, instead of a number of them.", valueName: "seconds"))
    var duration: Double?
    @Option(help: ArgumentHelp("Requests a second, or inf: all at once.", valueName: "x")) var requestRate =
        RequestRate(nil)
    @Option(
        help: ArgumentHelp(
            "Shape of the gamma distribution of intervals: 1 is a Poisson process, less has bursts.", valueName: "x"))
    var burstiness = 1.0
    @Option(help: "Intervals drawn by chance, or all of them equal.") var arrival = Arrival.gamma
    @Option(help: ArgumentHelp("Requests under way at a time; others wait; default: any number.", valueName: "n"))
    var maxConcurrency: Int?
    @Option(help: ArgumentHelp("Requests before those that count.", valueName: "n")) var warmups = 0
    @Option(help: ArgumentHelp("For a whole reply.", valueName: "seconds")) var timeout = 600.0

    func check() throws(CommandFailure) {
        try ModelOptions.check("--num-prompts", numPrompts, upTo: Self.greatestRequests)
        try ModelOptions.check("--max-concurrency", maxConcurrency, upTo: 100_000)
        try ModelOptions.check("--warmups", warmups, from: 0, upTo: 10_000)
        try Self.check("--timeout", timeout, upTo: 1e6)
        try Self.check("--burstiness", burstiness, upTo: 1e6)
        guard arrival == .gamma || requestRate.perSecond != nil else {
            throw .usage("--arrival fixed needs a --request-rate other than inf")
        }
        guard burstiness == 1 || (arrival == .gamma && requestRate.perSecond != nil) else {
            throw .usage("--burstiness needs a --request-rate other than inf, and --arrival gamma")
        }
        guard let duration else { return }
        try Self.check("--duration", duration, upTo: 1e6)
        guard numPrompts == nil else { throw .usage("give --num-prompts or --duration, not both") }
        guard let rate = requestRate.perSecond else {
            guard maxConcurrency != nil else {
                throw .usage("--duration needs a --request-rate other than inf, or --max-concurrency")
            }
            return
        }
        guard rate * duration <= Double(Self.greatestRequests) else {
            throw .usage(
                "--request-rate \(rate) for \(duration) seconds is more than \(Self.greatestRequests) requests; lower one"
            )
        }
    }

    private static func check(_ name: String, _ value: Double, upTo greatest: Double) throws(CommandFailure) {
        guard value.isFinite, value >= 1e-3, value <= greatest else {
            throw .usage("\(name) must be a number in 0.001...\(Int(greatest)), got \(value)")
        }
    }

    var process: ArrivalProcess {
        guard let rate = requestRate.perSecond else { return .together }
        switch arrival {
        case .gamma: return .gamma(rate: rate, burstiness: burstiness)
        case .fixed: return .fixed(rate: rate)
        }
    }

    /// - Parameter requests: how many, where no duration says it.
    func plan(requests: Int, seed: UInt64) throws(CommandFailure) -> LoadPlan {
        guard let duration else {
            let schedule = ArrivalSchedule(process, count: requests, seed: seed)
            return LoadPlan(arrivals: .open(schedule), concurrency: maxConcurrency, timeout: timeout)
        }
        guard let schedule = ArrivalSchedule(process, seconds: duration, seed: seed) else {
            return LoadPlan(arrivals: .closed(seconds: duration), concurrency: maxConcurrency, timeout: timeout)
        }
        guard !schedule.offsets.isEmpty else {
            throw .usage("no request comes within --duration \(duration); raise it or --request-rate")
        }
        return LoadPlan(arrivals: .open(schedule), concurrency: maxConcurrency, seconds: duration, timeout: timeout)
    }
}
