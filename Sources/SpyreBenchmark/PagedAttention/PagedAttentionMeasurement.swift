/// Measures paged attention beside contiguous attention and a plain read of the same bytes.
package final class PagedAttentionMeasurement {
    private let context: KernelContext
    private let caches: CacheHierarchy
    private let plan: MeasurementPlan
    private let streams: StreamCache
    /// Contiguous attention of the last workload: cases that differ in blocks or layout only share it.
    private var baseline: (workload: PagedAttentionCase, prefix: Int, operands: AttentionOperands)?

    package init(
        context: KernelContext, caches: CacheHierarchy, plan: MeasurementPlan, streams: StreamCache
    ) {
        self.context = context
        self.caches = caches
        self.plan = plan
        self.streams = streams
    }

    /// - Throws: `BenchmarkError.wrongResult` when paged attention does not give the bits of contiguous attention, or a
    ///   sample of them is outside of the bound.
    package func run(_ shape: PagedAttentionCase) throws -> PagedAttentionRow {
        let lengths = shape.mix.lengths(sequences: shape.sequences, context: shape.context)
        let blocks = BlockTables.scattered(lengths, shared: shape.prefix, blockTokens: shape.blockTokens)
        let contiguous = try contiguous(shape, lengths)
        let paged = try AttentionOperands(context, shape, blocks, prefix: shape.prefix)
        try contiguous.run()
        try paged.run()
        let check = try check(shape, paged, try contiguous.result())
        let samples = try measure(paged, contiguous)
        return PagedAttentionRow(
            shape,
            figures: KernelFigures(
                context, caches, work: paged.work, check: check, seconds: samples.paged, limits: samples.read),
            tokens: lengths.reduce(0, +), distinctTokens: blocks.distinctTokens, keyValueBytes: paged.keyValueBytes,
            samples: samples)
    }

    private func contiguous(_ shape: PagedAttentionCase, _ lengths: [Int]) throws -> AttentionOperands {
        if let baseline, baseline.workload == shape.workload, baseline.prefix == shape.prefix {
            return baseline.operands
        }
        baseline = nil
        // The data has the prefix of the paged batch, whose blocks may be of another size.
        let operands = try AttentionOperands(
            context, shape.workload, .contiguous(lengths, blockTokens: shape.workload.blockTokens),
            prefix: shape.prefix)
        baseline = (shape.workload, shape.prefix, operands)
        return operands
    }

    /// The result of the last run against float64, and against contiguous attention.
    func check(
        _ shape: PagedAttentionCase, _ paged: AttentionOperands, _ contiguous: [Float]
    ) throws -> KernelCheck {
        let result = try paged.result()
        var check = KernelCheck(bound: AttentionOracle.bound)
        check.expectNumbers(result)
        let oracle = AttentionOracle(context, paged)
        for sequence in Sample.indices(of: shape.sequences, count: 2) {
            for head in Sample.indices(of: shape.heads, count: 2) {
                oracle.check(result, sequence: sequence, query: shape.queries - 1, head: head, &check)
            }
        }
        guard check.worst <= 1, check.elements > 0 else {
            throw BenchmarkError(
                .wrongResult,
                "\(shape.name) on \(context.isa) is wrong: its largest error is \(check.worst) times the bound "
                    + "\(check.bound); that is a defect, please report it")
        }
        guard result.map(\.bitPattern) == contiguous.map(\.bitPattern) else {
            throw BenchmarkError(
                .wrongResult,
                "\(shape.name) on \(context.isa) differs from contiguous attention in "
                    + "\(zip(result, contiguous).count { $0.bitPattern != $1.bitPattern }) of \(result.count) numbers; "
                    + "that is a defect, please report it")
        }
        return check
    }

    /// Paged, contiguous and the plain loop take turns, so that what slows the machine down slows all of them down.
    private func measure(
        _ paged: AttentionOperands, _ contiguous: AttentionOperands
    ) throws -> PagedAttentionSamples {
        let own = try sampler(paged), other = try sampler(contiguous)
        let (work, threads) = (paged.work, context.threads)
        Rest.letTeamSleep()
        let memory = try streams.memory(work.traffic.lineBytes)
        let stream = try memory.sampler(work.traffic, threads: threads, seconds: plan.sampleSeconds)
        var samples = PagedAttentionSamples()
        for turn in 0..<plan.repeats {
            // Who comes first changes: what is left in caches and on the clock favours neither.
            if turn % 2 == 0 { samples.paged.append(try own.sample()) }
            samples.contiguous.append(try other.sample())
            if turn % 2 == 1 { samples.paged.append(try own.sample()) }
            Rest.letTeamSleep()
            samples.read.append(try stream.sample())
        }
        return samples
    }

    private func sampler(_ operands: AttentionOperands) throws -> Sampler {
        let clock = ContinuousClock()
        return try Sampler(seconds: plan.sampleSeconds) { repetitions in
            try clock.measure { for _ in 0..<repetitions { try operands.run() } }.seconds
        }
    }
}

/// Seconds, one of each for every turn.
package struct PagedAttentionSamples: Sendable, Equatable {
    package var paged: [Double] = []
    package var contiguous: [Double] = []
    /// A plain loop over the same bytes.
    package var read: [Double] = []

    package init() {}
}
