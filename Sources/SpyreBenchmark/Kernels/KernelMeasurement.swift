/// Measures one kernel beside the limits of the machine.
package struct KernelMeasurement {
    package let context: KernelContext
    package let caches: CacheHierarchy
    package let plan: MeasurementPlan
    /// Whether to look for other libraries.
    package let comparesPeers: Bool
    private let streams: StreamCache

    package init(
        context: KernelContext, caches: CacheHierarchy, plan: MeasurementPlan, comparesPeers: Bool, streams: StreamCache
    ) {
        self.context = context
        self.caches = caches
        self.plan = plan
        self.comparesPeers = comparesPeers
        self.streams = streams
    }

    /// - Throws: `BenchmarkError.wrongResult` when the result is wrong: that is an error and no number.
    package func run(_ kernel: KernelCase) throws -> KernelRow {
        let prepared = try kernel.family.prepare(context, kernel.dtype, kernel.shape)
        try prepared.run()
        let check = try prepared.check()
        guard check.worst <= 1, check.elements > 0 else {
            throw BenchmarkError(
                .wrongResult,
                "\(kernel.name) on \(context.isa) is wrong: its largest error is \(check.worst) times the bound "
                    + "\(check.bound); that is a defect, please report it")
        }
        let samples = try measure(prepared)
        return KernelRow(
            kernel,
            KernelFigures(
                context, caches, work: prepared.work, check: check, seconds: samples.kernel, limits: samples.limits),
            samples)
    }

    /// Kernel, limits and peer take turns, so that what slows the machine down slows all of them down.
    private func measure(_ kernel: any PreparedKernel) throws -> KernelSamples {
        let (work, threads) = (kernel.work, context.threads)
        let clock = ContinuousClock()
        let own = try Sampler(seconds: plan.sampleSeconds) { repetitions in
            try clock.measure { for _ in 0..<repetitions { try kernel.run() } }.seconds
        }
        Rest.letTeamSleep()
        let memory = try streams.memory(work.traffic.lineBytes)
        let stream = try memory.sampler(work.traffic, threads: threads, seconds: plan.sampleSeconds)
        let loop = PeakLoop.limit(isa: context.isa, type: work.type)
        let peak = try loop?.sampler(threads: threads, seconds: plan.sampleSeconds / 2)
        let peer = comparesPeers ? try kernel.peer() : nil
        let peerSampler = try peer.map { peer in
            try Sampler(seconds: plan.sampleSeconds) { peer.seconds(repetitions: $0) }
        }
        var samples = KernelSamples(peer: peer?.name)
        for _ in 0..<plan.repeats {
            samples.kernel.append(try own.sample())
            Rest.letTeamSleep()
            samples.stream.append(try stream.sample())
            if let loop, let peak {
                samples.arithmetic.append(work.operations / (try loop.rate(peak, threads: threads)))
            }
            if let peerSampler { samples.peerSeconds.append(try peerSampler.sample()) }
        }
        return samples
    }
}

extension Duration {
    package var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

/// Memory for bandwidth loops, kept from one kernel to the next.
package final class StreamCache {
    private var kept: StreamMemory?

    package init() {}

    package func memory(_ bytes: Int) throws -> StreamMemory {
        if let kept, kept.byteCount >= bytes { return kept }
        kept = nil
        let memory = try StreamMemory(byteCount: bytes)
        kept = memory
        return memory
    }
}

/// Seconds, one of each for every turn.
package struct KernelSamples: Sendable, Equatable {
    /// The kernel itself.
    package var kernel: [Double] = []
    /// A plain loop that moves the same bytes.
    package var stream: [Double] = []
    /// The same number of operations at the rate of a loop that does nothing else.
    package var arithmetic: [Double] = []
    /// The other library.
    package var peerSeconds: [Double] = []
    package let peer: String?

    package init(peer: String? = nil) { self.peer = peer }

    /// The least time that the machine allows in each turn.
    package var limits: [Double] {
        stream.indices.map { max(stream[$0], arithmetic.indices.contains($0) ? arithmetic[$0] : 0) }
    }

    /// How much faster than the other library the kernel was in each turn.
    package var peerRatios: [Double] { zip(peerSeconds, kernel).map { $0 / $1 } }

    /// Whether memory limits it more than arithmetic.
    package var isMemoryBound: Bool {
        Statistics.median(stream) >= (arithmetic.isEmpty ? 0 : Statistics.median(arithmetic))
    }
}
