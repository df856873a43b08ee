/// One line of what `spyre bench roofline` finds.
package enum RooflineRow: Sendable, Equatable {
    /// Operations per second.
    case peak(PeakLoop, threads: Int, Spread?)
    /// Bytes per second.
    case bandwidth(StreamOperation, level: String, bytes: Int, threads: Int, Spread)
    /// Seconds.
    case primitive(ThreadPrimitive, threads: Int, Spread)
}

/// What a bandwidth loop does.
package enum StreamOperation: String, Sendable, CaseIterable, Encodable {
    case read, copy, write

    package func traffic(bytes: Int) -> MemoryTraffic {
        switch self {
        case .read: MemoryTraffic(read: bytes)
        case .copy: MemoryTraffic(read: bytes / 2, written: bytes / 2)
        case .write: MemoryTraffic(written: bytes)
        }
    }
}

/// What it costs that threads work together.
package enum ThreadPrimitive: String, Sendable, CaseIterable, Encodable {
    /// The launch of a program with one op that has next to nothing to do.
    case forkJoin = "fork_join"
    /// What each further such op adds that reads what the one before wrote. With one thread that is the op alone.
    case barrier
}

extension RooflineRow: Encodable {
    private enum CodingKeys: String, CodingKey {
        case kind, isa, type, instructions, missing, threads, operation, level, bytes, name
        case gops, gbps, nanoseconds
        case gopsMedian = "gops_median"
        case gopsMinimum = "gops_min"
        case gbpsMedian = "gbps_median"
        case gbpsMinimum = "gbps_min"
        case nanosecondsMedian = "nanoseconds_median"
        case nanosecondsMaximum = "nanoseconds_max"
    }

    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .peak(let loop, let threads, let rate):
            try fields.encode("peak", forKey: .kind)
            try fields.encode(loop.isa, forKey: .isa)
            try fields.encode(loop.type, forKey: .type)
            try fields.encode(threads, forKey: .threads)
            try fields.encodeIfPresent(loop.missing, forKey: .missing)
            if loop.missing == nil { try fields.encode(loop.instructions, forKey: .instructions) }
            if let rate { try fields.encode(Array(zip([.gops, .gopsMedian, .gopsMinimum], rate.rate)), digits: 5) }
        case .bandwidth(let operation, let level, let bytes, let threads, let rate):
            try fields.encode("bandwidth", forKey: .kind)
            try fields.encode(operation, forKey: .operation)
            try fields.encode(level, forKey: .level)
            try fields.encode(bytes, forKey: .bytes)
            try fields.encode(threads, forKey: .threads)
            try fields.encode(Array(zip([.gbps, .gbpsMedian, .gbpsMinimum], rate.rate)), digits: 5)
        case .primitive(let name, let threads, let time):
            try fields.encode("primitive", forKey: .kind)
            try fields.encode(name, forKey: .name)
            try fields.encode(threads, forKey: .threads)
            try fields.encode(
                Array(zip([.nanoseconds, .nanosecondsMedian, .nanosecondsMaximum], time.time)), digits: 5)
        }
    }
}

extension Spread {
    // The limit comes first: whatever else the machine does can only make a loop slower.
    fileprivate var rate: [Double] { [maximum, median, minimum].map { $0 * 1e-9 } }
    fileprivate var time: [Double] { [minimum, median, maximum].map { $0 * 1e9 } }
}
