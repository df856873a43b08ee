import Foundation

/// Measures the limits of this machine.
package struct RooflineMeasurement {
    package let isas: [String]
    package let threadCounts: [Int]
    package let caches: CacheHierarchy
    package let plan: MeasurementPlan
    /// Bytes that the largest bandwidth loop may take.
    package let memoryLimit: Int

    package init(
        isas: [String], threadCounts: [Int], caches: CacheHierarchy, plan: MeasurementPlan, memoryLimit: Int
    ) {
        self.isas = isas
        self.threadCounts = threadCounts
        self.caches = caches
        self.plan = plan
        self.memoryLimit = memoryLimit
    }

    /// - Parameter progress: steps that are done, of how many.
    package func run(progress: (Int, Int) -> Void) throws -> [RooflineRow] {
        let loops = PeakLoop.all.filter { isas.contains($0.isa) }
        let probes = threadCounts.map { caches.probes(threads: $0, memoryLimit: memoryLimit) }
        let memory = try StreamMemory(byteCount: probes.joined().map(\.bytes).max() ?? 64)
        var work: [() throws -> RooflineRow] = []
        for threads in threadCounts {
            work += loops.map { loop in { try peak(loop, threads) } }
        }
        for (threads, probes) in zip(threadCounts, probes) {
            for operation in StreamOperation.allCases {
                work += probes.map { probe in { try bandwidth(operation, probe, threads, memory) } }
            }
        }
        for threads in threadCounts {
            work += ThreadPrimitive.allCases.map { primitive in { try time(primitive, threads) } }
        }
        var rows: [RooflineRow] = []
        for (index, step) in work.enumerated() {
            progress(index, work.count)
            rows.append(try step())
        }
        return rows
    }

    private func samples(_ draw: () throws -> Double) rethrows -> Spread {
        // The best one counts, so that more of them are drawn than where medians do.
        Spread(try (0..<2 * plan.repeats).map { _ in try draw() })
    }

    private func peak(_ loop: PeakLoop, _ threads: Int) throws -> RooflineRow {
        guard loop.missing == nil else { return .peak(loop, threads: threads, nil) }
        Rest.letTeamSleep()
        let sampler = try loop.sampler(threads: threads, seconds: plan.sampleSeconds)
        return .peak(loop, threads: threads, try samples { try loop.rate(sampler, threads: threads) })
    }

    private func bandwidth(
        _ operation: StreamOperation, _ probe: (level: String, bytes: Int), _ threads: Int, _ memory: StreamMemory
    ) throws -> RooflineRow {
        let traffic = operation.traffic(bytes: probe.bytes)
        Rest.letTeamSleep()
        let sampler = try memory.sampler(traffic, threads: threads, seconds: plan.sampleSeconds)
        let rate = try samples { try Double(traffic.bytes) / sampler.sample() }
        return .bandwidth(
            operation, level: probe.level, bytes: probe.bytes, threads: threads, rate)
    }

    private func time(_ primitive: ThreadPrimitive, _ threads: Int) throws -> RooflineRow {
        let program = try TinyProgram(threads: threads)
        let launch = try Sampler(seconds: plan.sampleSeconds) { try program.seconds(launches: $0, isLong: false) }
        guard primitive == .barrier else {
            return .primitive(primitive, threads: threads, try samples { try launch.sample() })
        }
        let long = try Sampler(seconds: plan.sampleSeconds) { try program.seconds(launches: $0, isLong: true) }
        let spread = try samples { try (long.sample() - launch.sample()) / Double(TinyProgram.steps) }
        return .primitive(primitive, threads: threads, spread)
    }
}
