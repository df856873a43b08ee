import Testing

@testable import SpyreBenchmark

/// Counts of operations and bytes, computed by hand.
@Suite struct KernelWorkTests {
    @Test func products() throws {
        // 3 x 64 x 32: weights of 64 rows of 32, one panel.
        let shape = KernelShape(3, 64, 32)
        let expected: [(String, Int, ComputeType)] = [
            ("float32", 64 * 32 * 4, .float32), ("bfloat16", 64 * 32 * 2, .bfloat16), ("Q8_0", 64 * 34, .int8),
            ("Q4_1", 64 * 20, .int8), ("int8", 64 * 32 + 64 * 4, .int8),
        ]
        for (dtype, bytes, type) in expected {
            let work = MatmulKernel.work(try WeightFormat.named(dtype), shape)
            #expect(work.operations == 2 * 3 * 64 * 32)
            #expect(work.traffic == MemoryTraffic(read: bytes + 3 * 32 * 4, written: 3 * 64 * 4), "\(dtype)")
            #expect(work.type == type)
        }
    }

    /// One query sees all tokens; n queries see n (n + 1) / 2 pairs.
    @Test func attention() throws {
        let format = try CacheFormat.named("bfloat16")
        func work(tokens: Int, queries: Int) -> KernelWork {
            var shape = PagedAttentionCase(sequences: 1, context: tokens)
            (shape.group, shape.kvHeads, shape.headSize, shape.queries) = (2, 2, 16, queries)
            return shape.work(format, .contiguous([tokens], blockTokens: 64))
        }
        let decode = work(tokens: 100, queries: 1)
        #expect(decode.operations == 4 * 100 * 64)
        #expect(decode.traffic.read == 2 * 100 * 2 * 16 * 2 + 64 * 4)
        #expect(decode.traffic.written == 64 * 4)
        let prefill = work(tokens: 10, queries: 10)
        #expect(prefill.operations == 4 * 55 * 64)
    }

    @Test func traffic() {
        let traffic = MemoryTraffic(read: 100, written: 50, updated: 10)
        #expect(traffic.bytes == 170)
        #expect(traffic.workingSet == 160)
        #expect(traffic.lineBytes == 128 + 64 + 64)
        #expect(KernelWork(operations: 340, traffic: traffic).intensity == 2)
    }

    @Test func samplesOfElementsHaveBothEnds() {
        #expect(Sample.indices(of: 3, count: 8) == [0, 1, 2])
        for (size, count) in [(9, 8), (100, 8), (4097, 160), (49152, 160), (161, 160)] {
            let indices = Sample.indices(of: size, count: count)
            #expect(Set(indices).count == count, "\(size)")
            #expect(indices.first == 0)
            #expect(indices.last == size - 1)
            #expect(indices.allSatisfy { (0..<size).contains($0) })
        }
    }

    @Test func checks() {
        var check = KernelCheck(bound: "b")
        check.compare(1, 1, within: 0)
        #expect(check.worst == 0)
        check.compare(1, 1.5, within: 1)
        #expect(check.worst == 0.5)
        check.compare(1, 2, within: 0)
        #expect(check.worst == .infinity)
        var numbers = KernelCheck(bound: "b")
        numbers.compare(.nan, 1, within: 1)
        #expect(numbers.worst == .infinity)
        for bad in [Float.nan, .infinity, -.infinity] {
            var check = KernelCheck(bound: "b")
            check.expectNumbers([1, -2, bad, 3])
            #expect(check.worst == .infinity)
        }
        var good = KernelCheck(bound: "b")
        good.expectNumbers([1, -.greatestFiniteMagnitude, 0])
        #expect(good.worst == 0)
    }

    /// The two turns are of a fast and a slow moment: their ratios agree where their times do not.
    @Test func fractionsAreMediansOfTurns() {
        var samples = KernelSamples(peer: "other")
        samples.kernel = [2, 20, 4]
        samples.stream = [1, 10, 2]
        samples.arithmetic = [1.5, 15, 1]
        samples.peerSeconds = [4, 40, 4]
        #expect(samples.limits == [1.5, 15, 2])
        let figures = KernelFigures(
            isa: "avx2", threads: 1, work: KernelWork(operations: 8e9, traffic: MemoryTraffic()), level: "L1",
            check: KernelCheck(bound: "b"), seconds: samples.kernel, limits: samples.limits)
        #expect(figures.fraction == Spread([0.5, 0.75, 0.75]))
        #expect((figures.seconds.median, figures.limitSeconds, figures.gops) == (4, 2, 2))
        #expect(samples.peerRatios == [2, 2, 1])
        #expect(samples.isMemoryBound)
        samples.arithmetic = [3, 30, 1]
        #expect(!samples.isMemoryBound)
    }
}
