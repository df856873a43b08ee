import CSpyreRoofline

/// A loop that does nothing but multiply and add.
package struct PeakLoop: Sendable, Equatable {
    package let index: Int32
    package let isa: String
    package let type: ComputeType
    /// Such as `vfmadd231ps zmm`.
    package let instructions: String
    /// What the processor lacks; nil when it can run the loop.
    package let missing: String?
    /// Of one iteration on one thread.
    package let operations: Int

    /// In the order of instruction sets.
    package static let all: [PeakLoop] = (0..<spyre_peak_count()).compactMap { index in
        var peak = spyre_peak()
        guard spyre_peak_at(index, &peak) == 0, let type = ComputeType(rawValue: String(cString: peak.type)) else {
            return nil
        }
        return PeakLoop(
            index: index, isa: String(cString: peak.isa), type: type, instructions: String(cString: peak.instructions),
            missing: peak.missing.map { String(cString: $0) }, operations: Int(peak.operations))
    }

    /// The loop that limits a kernel of `isa` that works on `type`: an instruction set without instructions for the
    /// type widens it to float32, and one without a loop of its own has that of the one before it.
    package static func limit(isa: String, type: ComputeType, among loops: [PeakLoop] = all) -> PeakLoop? {
        let runnable = loops.filter { $0.missing == nil }
        return runnable.first { $0.isa == isa && $0.type == type }
            ?? runnable.first { $0.isa == isa && $0.type == .float32 } ?? runnable.first { $0.type == .float32 }
    }

    /// Seconds of `iterations` on each of the threads.
    package func seconds(threads: Int, iterations: Int) -> Double {
        spyre_peak_run(index, Int32(clamping: threads), Int64(iterations))
    }

    /// Draws samples of operations per second.
    package func sampler(threads: Int, seconds: Double) throws -> Sampler {
        // A thousand iterations take some microseconds: less than that would measure the start.
        try Sampler(seconds: seconds) { self.seconds(threads: threads, iterations: $0 * Self.batch) }
    }

    package func rate(_ sampler: Sampler, threads: Int) throws -> Double {
        try Double(operations * threads * Self.batch) / sampler.sample(warm: false)
    }

    private static let batch = 1000
}
