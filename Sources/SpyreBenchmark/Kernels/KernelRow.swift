/// One line of what `spyre bench kernels` finds.
package struct KernelRow: Sendable, Equatable {
    package let op: String
    package let dtype: String
    package let shape: String
    package let isa: String
    package let threads: Int
    package let work: KernelWork
    /// Where the operands lie when the kernel is repeated.
    package let level: String
    package let check: KernelCheck
    package let seconds: Spread
    package let limitSeconds: Double
    package let isMemoryBound: Bool
    package let fraction: Spread
    package let peer: Peer?

    package struct Peer: Sendable, Equatable, Encodable {
        package let name: String
        package let seconds: Double
        /// Their time over ours.
        package let ratio: Double
    }

    package init(
        _ kernel: KernelCase, context: KernelContext, caches: CacheHierarchy, work: KernelWork, check: KernelCheck,
        samples: KernelSamples
    ) {
        self.init(
            op: kernel.family.name, dtype: kernel.dtype, shape: "\(kernel.shape)", isa: context.isa,
            threads: context.threads, work: work,
            level: caches.level(ofWorkingSet: work.traffic.workingSet, threads: context.threads), check: check,
            samples: samples)
    }

    package init(
        op: String, dtype: String, shape: String, isa: String, threads: Int, work: KernelWork, level: String,
        check: KernelCheck, samples: KernelSamples
    ) {
        self.op = op
        self.dtype = dtype
        self.shape = shape
        self.isa = isa
        self.threads = threads
        self.work = work
        self.level = level
        self.check = check
        seconds = Spread(samples.kernel)
        limitSeconds = Statistics.median(samples.limits)
        isMemoryBound = samples.isMemoryBound
        fraction = Spread(samples.fractions)
        peer = samples.peer.map {
            Peer(
                name: $0, seconds: Statistics.median(samples.peerSeconds), ratio: Statistics.median(samples.peerRatios))
        }
    }

    package var gops: Double { work.operations / seconds.median * 1e-9 }
    package var gbps: Double { Double(work.traffic.bytes) / seconds.median * 1e-9 }
}

extension KernelRow: Encodable {
    private enum CodingKeys: String, CodingKey {
        case kind, op, dtype, shape, isa, threads, operations, bytes, level, check, bound, gops, gbps, fraction, peer
        case readBytes = "read_bytes"
        case writtenBytes = "written_bytes"
        case updatedBytes = "updated_bytes"
        case workingSet = "working_set_bytes"
        case computeType = "compute_type"
        case minimum = "seconds_min"
        case median = "seconds_median"
        case maximum = "seconds_max"
        case limit = "limit_seconds"
        case leastFraction = "fraction_min"
        case greatestFraction = "fraction_max"
    }

    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode("kernel", forKey: .kind)
        try fields.encode(op, forKey: .op)
        try fields.encode(dtype, forKey: .dtype)
        try fields.encode(shape, forKey: .shape)
        try fields.encode(isa, forKey: .isa)
        try fields.encode(threads, forKey: .threads)
        try fields.encode(work.operations, forKey: .operations)
        try fields.encode(work.type, forKey: .computeType)
        try fields.encode(work.traffic.bytes, forKey: .bytes)
        try fields.encode(work.traffic.read, forKey: .readBytes)
        try fields.encode(work.traffic.written, forKey: .writtenBytes)
        try fields.encode(work.traffic.updated, forKey: .updatedBytes)
        try fields.encode(work.traffic.workingSet, forKey: .workingSet)
        try fields.encode(level, forKey: .level)
        try fields.encode(check, forKey: .check)
        for (key, value) in [
            (CodingKeys.minimum, seconds.minimum), (.median, seconds.median), (.maximum, seconds.maximum),
        ] {
            try fields.encode(Rounding.significant(value, 6), forKey: key)
        }
        try fields.encode(Rounding.significant(limitSeconds, 6), forKey: .limit)
        try fields.encode(isMemoryBound ? "memory" : "compute", forKey: .bound)
        try fields.encode(Rounding.significant(gops, 5), forKey: .gops)
        try fields.encode(Rounding.significant(gbps, 5), forKey: .gbps)
        try fields.encode(Rounding.significant(fraction.median, 4), forKey: .fraction)
        try fields.encode(Rounding.significant(fraction.minimum, 4), forKey: .leastFraction)
        try fields.encode(Rounding.significant(fraction.maximum, 4), forKey: .greatestFraction)
        try fields.encodeIfPresent(peer, forKey: .peer)
    }
}
