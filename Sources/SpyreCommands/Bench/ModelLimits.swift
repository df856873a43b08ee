import SpyreBenchmark

/// How fast the processor could do a model's work at most, measured between its steps.
final class ModelLimits {
    private let threads: Int
    private let stream: StreamMemory
    private let reader: Sampler
    private let peaks: [ComputeType: (loop: PeakLoop, sampler: Sampler)]

    /// - Parameter bytes: what a step reads; the plain loop reads as many, as far as memory goes.
    init(isa: String, threads: Int, bytes: Int, types: some Sequence<ComputeType>) throws {
        self.threads = threads
        Rest.letTeamSleep()
        let size = max(64, min(bytes, BenchmarkHost.streamLimit()))
        stream = try StreamMemory(byteCount: size)
        reader = try stream.sampler(MemoryTraffic(read: size), threads: threads, seconds: 0.01)
        var peaks: [ComputeType: (PeakLoop, Sampler)] = [:]
        for type in Set(types) {
            guard let loop = PeakLoop.limit(isa: isa, type: type) else { continue }
            peaks[type] = (loop, try loop.sampler(threads: threads, seconds: 0.005))
        }
        self.peaks = peaks
    }

    /// Draws one sample of each.
    func sample() throws -> Sample {
        Rest.letTeamSleep()
        let rate = try Double(stream.byteCount) / reader.sample()
        return Sample(
            readRate: rate,
            peaks: try peaks.mapValues { try $0.loop.rate($0.sampler, threads: threads) })
    }

    struct Sample: Equatable {
        /// Bytes per second.
        let readRate: Double
        /// Operations per second.
        let peaks: [ComputeType: Double]

        /// Seconds that operations take at least; one type after the other, as they use the same units.
        func seconds(_ operations: [ComputeType: Double]) -> Double {
            operations.reduce(0) { sum, part in sum + (peaks[part.key].map { part.value / $0 } ?? 0) }
        }

        func seconds(bytes: Double) -> Double { bytes / readRate }
    }
}
