import CSpyreRoofline
import Foundation

/// Memory that plain loops read and write, to find out how fast that goes at most.
package final class StreamMemory {
    private let memory: UnsafeMutableRawPointer
    private let mapped: Int
    package let byteCount: Int

    /// MADV_HUGEPAGE of Linux, which Glibc's module does not have.
    private static let hugePages: Int32 = 14

    package init(byteCount: Int) throws {
        let hugePage = 1 << 21
        let mapped = (max(byteCount, 64) + hugePage - 1) / hugePage * hugePage
        let memory = mmap(nil, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let memory, memory != MAP_FAILED else {
            throw BenchmarkError(
                .machine, "no \(byteCount) bytes of memory for the bandwidth loop; free some or measure smaller shapes")
        }
        // The device's large buffers ask for huge pages too.
        madvise(memory, mapped, Self.hugePages)
        // Pages that were never written all are the same page of zeros.
        memory.initializeMemory(as: UInt8.self, repeating: 1, count: mapped)
        self.memory = memory
        self.mapped = mapped
        self.byteCount = byteCount
    }

    deinit { munmap(memory, mapped) }

    /// Seconds of going through the traffic so often.
    ///
    /// - Parameter turnLines: lines of the smallest range between two turns of the others.
    /// - Precondition: the traffic fits.
    package func seconds(_ traffic: MemoryTraffic, turnLines: Int, threads: Int, iterations: Int) -> Double {
        precondition(traffic.lineBytes <= mapped)
        return spyre_stream_run(
            memory, traffic.description, Int32(clamping: turnLines), Int32(clamping: threads), Int64(iterations))
    }

    package func sampler(_ traffic: MemoryTraffic, threads: Int, seconds: Double) throws -> Sampler {
        let turnLines = fastestTurn(traffic, threads: threads)
        return try Sampler(seconds: seconds) {
            self.seconds(traffic, turnLines: turnLines, threads: threads, iterations: $0)
        }
    }

    /// Few lines are fastest out of memory, where turns of a page come to half the speed of a copy, and many out of
    /// caches, where the turns themselves cost time. A limit is what can be had at most, so each is tried.
    private func fastestTurn(_ traffic: MemoryTraffic, threads: Int) -> Int {
        let lengths = [4, 64, 512]
        guard [traffic.read, traffic.written, traffic.updated].count(where: { $0 > 0 }) > 1 else { return lengths[0] }
        var best = (length: lengths[0], seconds: Double.infinity)
        for length in lengths + lengths {
            // The first time through is another length's data, or none.
            let seconds = self.seconds(traffic, turnLines: length, threads: threads, iterations: 2)
            if seconds < best.seconds { best = (length, seconds) }
        }
        return best.length
    }
}
