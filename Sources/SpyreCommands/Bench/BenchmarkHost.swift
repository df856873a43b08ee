import Logging
import SpyreBenchmark
import SpyreDevice

/// What the benchmarks may take of this computer.
enum BenchmarkHost {
    /// A warning when others use the processors too; nil when they are mostly free.
    static func disturbance(load: Double?, processors: Int) -> String? {
        guard let load, load > 0.5 * Double(processors) else { return nil }
        return "the load average is \(Decimals.text(load, digits: 1)) on \(processors) processors: figures, and ratios "
            + "above 100%, show what others do; measure again when it is idle"
    }

    static func warnOfOthers(_ machine: MachineDescription, quiet: Bool) {
        let warning = disturbance(load: machine.loadAverage.first, processors: machine.processors)
        if let warning, !quiet { Logger(label: "spyre.bench").warning("\(warning)") }
    }

    /// Refuses an environment in which limits would come out too low.
    static func checkWaits() throws {
        do throws(BenchmarkError) { try Rest.checkWaits() } catch { throw CommandFailure(error) }
    }

    /// Bytes that can be had now; a few when the host does not say.
    static func availableMemory(_ files: HostFiles = HostFiles()) -> Int {
        let available = MemoryInformation(meminfo: files.text("/proc/meminfo") ?? "").available ?? 2 << 30
        return min(available, files.memoryLimit ?? available)
    }

    /// A quarter of it is enough to be far out of any cache.
    static func streamLimit() -> Int { availableMemory() / 4 }
    static func deviceLimit() -> UInt64 { UInt64(availableMemory() / 2) }

    /// 1 and as many as asked for or there are.
    static func threadCounts(_ threads: Int?) throws -> [Int] {
        if let threads { return [threads] }
        let all = try Device().information().threads
        return all > 1 ? [1, all] : [1]
    }
}

extension CommandFailure {
    /// A wrong request is a wrong command line.
    init(_ error: BenchmarkError) {
        self.init(error.description, kind: error.kind == .request ? .usage : .failure)
    }
}
