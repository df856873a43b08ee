import Foundation
import SpyreDevice
import Testing

@testable import SpyreBenchmark

@Suite(.serialized) struct PagedAttentionTests {
    private static func small(_ change: (inout PagedAttentionCase) -> Void = { _ in }) -> PagedAttentionCase {
        var shape = PagedAttentionCase(sequences: 3, context: 150)
        (shape.group, shape.kvHeads, shape.headSize) = (2, 2, 32)
        change(&shape)
        return shape
    }

    private static func measurement(_ isa: String?, threads: Int = 2) throws -> PagedAttentionMeasurement {
        PagedAttentionMeasurement(
            context: try KernelContext(isa: isa, threads: threads, memoryLimit: 1 << 28), caches: CacheHierarchy(),
            plan: MeasurementPlan(repeats: 2, sampleSeconds: 1e-5), streams: StreamCache())
    }

    /// Every mix, type, layout and block size is held against float64 and against contiguous attention.
    @Test(arguments: ["reference", "avx2", "avx512"]) func everyPointIsRightAndMeasured(_ isa: String) throws {
        guard (try? Device(isa: isa)) != nil else { return }
        let measurement = try Self.measurement(isa)
        var shapes = BatchMix.allCases.map { mix in Self.small { $0.mix = mix } }
        for dtype in PagedAttentionSweep.dtypes {
            for layout in KVLayout.allCases {
                for tokens in PagedAttentionCase.blockSizes {
                    shapes.append(Self.small { ($0.dtype, $0.layout, $0.blockTokens) = (dtype, layout, tokens) })
                }
            }
        }
        shapes.append(Self.small { ($0.mix, $0.blockTokens, $0.queries) = (.sharedPrefix, 16, 5) })
        for shape in shapes where try shape.isSupported() {
            let row = try measurement.run(shape)
            #expect(row.check.worst <= 1 && row.check.elements > 0, "\(shape.name)")
            #expect(row.seconds.minimum > 0 && row.contiguousSeconds > 0 && row.limitSeconds > 0)
            #expect(row.fraction.median > 0 && row.againstContiguous.median > 0)
            #expect(row.isa == isa && row.threads == 2)
        }
    }

    @Test func bytesAreThoseOfDistinctTokens() throws {
        let measurement = try Self.measurement(nil, threads: 1)
        let uniform = try measurement.run(Self.small())
        // Keys and values of 2 heads of 32 bfloat16 numbers.
        #expect(uniform.keyValueBytes == 450 * 2 * 2 * 32 * 2)
        #expect(uniform.tokens == 450 && uniform.distinctTokens == 450)
        let shared = try measurement.run(Self.small { ($0.mix, $0.blockTokens) = (.sharedPrefix, 16) })
        #expect(shared.tokens == 450 && shared.distinctTokens == 450 - 2 * 64)
        #expect(shared.keyValueBytes == 322 * 2 * 2 * 32 * 2)
        #expect(shared.work.operations == 4 * 450 * 4 * 32)
    }

    /// Attention to one token is its value, of the KV head of the query head.
    @Test func theOracleFindsAWrongNumber() throws {
        let context = try KernelContext(isa: nil, threads: 1, memoryLimit: 1 << 28)
        var shape = PagedAttentionCase(sequences: 1, context: 1)
        (shape.group, shape.kvHeads, shape.headSize, shape.dtype) = (2, 2, 16, "float32")
        let operands = try AttentionOperands(context, shape, .contiguous([1], blockTokens: 64), prefix: 0)
        let oracle = AttentionOracle(context, operands)
        let values = context.row(AttentionData.valueRow, columns: 32)
        var result = Array(values[..<16] + values[..<16] + values[16...] + values[16...])
        var right = KernelCheck(bound: AttentionOracle.bound)
        for head in 0..<4 { oracle.check(result, sequence: 0, query: 0, head: head, &right) }
        #expect((right.worst, right.elements) == (0, 64))
        result[3 * 16 + 5] += 1e-3
        var wrong = KernelCheck(bound: AttentionOracle.bound)
        oracle.check(result, sequence: 0, query: 0, head: 2, &wrong)
        #expect(wrong.worst == 0)
        oracle.check(result, sequence: 0, query: 0, head: 3, &wrong)
        #expect(wrong.worst > 1)
    }

    @Test func aDifferenceFromContiguousAttentionIsFound() throws {
        let context = try KernelContext(isa: nil, threads: 1, memoryLimit: 1 << 28)
        let measurement = PagedAttentionMeasurement(
            context: context, caches: CacheHierarchy(), plan: .quick, streams: StreamCache())
        let shape = Self.small()
        let blocks = BlockTables.scattered([150, 150, 150], shared: 0, blockTokens: 64)
        let paged = try AttentionOperands(context, shape, blocks, prefix: 0)
        try paged.run()
        var result = try paged.result()
        _ = try measurement.check(shape, paged, result)
        result[77] = result[77].nextUp
        do {
            _ = try measurement.check(shape, paged, result)
            Issue.record("no error")
        } catch let error as BenchmarkError {
            #expect(error.kind == .wrongResult)
            #expect(error.description.contains("differs from contiguous attention in 1 of 384 numbers"))
        }
    }

    @Test func withoutNamesEachAxisVariesAlone() throws {
        for isQuick in [false, true] {
            var sweep = PagedAttentionSweep()
            sweep.isQuick = isQuick
            let cases = try sweep.cases()
            #expect(Set(cases).count == cases.count && cases.contains(sweep.base))
            #expect(Set(cases.map(\.mix)) == Set(BatchMix.allCases))
            #expect(Set(cases.map(\.layout)) == Set(KVLayout.allCases))
            #expect(Set(cases.map(\.dtype)) == Set(PagedAttentionSweep.dtypes))
            if !isQuick { #expect(Set(cases.map(\.blockTokens)) == Set(PagedAttentionCase.blockSizes)) }
            // Layouts and block sizes vary together, all others alone.
            for point in cases {
                let base = sweep.base
                let differences = [
                    point.mix != base.mix, point.sequences != base.sequences, point.context != base.context,
                    point.group != base.group, point.headSize != base.headSize, point.dtype != base.dtype,
                    point.layout != base.layout || point.blockTokens != base.blockTokens,
                ]
                #expect(differences.count { $0 } <= 1, "\(point.name)")
            }
        }
    }

    @Test func namedAxesAreCombined() throws {
        var sweep = PagedAttentionSweep()
        (sweep.blockSizes, sweep.mixes, sweep.dtypes) = ([16, 256], [.zipf, .oneLong], ["float32"])
        let cases = try sweep.cases()
        #expect(cases.count == 4)
        #expect(cases.allSatisfy { $0.dtype == "float32" && $0.context == sweep.base.context })
        #expect(Set(cases.map { "\($0.mix) \($0.blockTokens)" }).count == 4)
    }

    @Test(
        arguments: [
            ({ @Sendable in $0.blockSizes = [48] }, "no blocks of 48 tokens; use 16, 32, 64, 128, 256"),
            ({ @Sendable in $0.headSizes = [40] }, "head size 40 does not exist"),
            ({ @Sendable in $0.dtypes = ["int3"] }, "no KV cache of type int3"),
            ({ @Sendable in $0.contexts = [1 << 21] }, "the context 2097152 is out of range"),
            ({ @Sendable in ($0.contexts, $0.sequences) = ([1 << 20], [64]) }, "is too large"),
            (
                { @Sendable in ($0.contexts, $0.mixes, $0.queries) = ([64], [.oneLong], 5) },
                "of 4 tokens have no 5 query rows"
            ),
            ({ @Sendable in $0.kvHeads = 0 }, "the number of KV heads 0 is out of range"),
        ] as [(@Sendable (inout PagedAttentionSweep) -> Void, String)])
    func whatDoesNotExistIsNamed(_ change: @Sendable (inout PagedAttentionSweep) -> Void, _ reason: String) {
        var sweep = PagedAttentionSweep()
        change(&sweep)
        do {
            _ = try sweep.cases()
            Issue.record("no error")
        } catch {
            #expect("\(error)".contains(reason), "\(error)")
        }
    }

    // MARK: Report

    private static func row(_ shape: PagedAttentionCase, seconds: Double) -> PagedAttentionRow {
        var samples = PagedAttentionSamples()
        (samples.paged, samples.contiguous, samples.read) = ([seconds], [seconds * 0.5], [seconds * 0.25])
        var check = KernelCheck(bound: "b")
        check.compare(1, 1, within: 1)
        return PagedAttentionRow(
            shape,
            figures: KernelFigures(
                isa: "avx2", threads: 2, work: KernelWork(operations: 1, traffic: MemoryTraffic(read: 1)), level: "L2",
                check: check, seconds: samples.paged, limits: samples.read),
            tokens: 8, distinctTokens: 8, keyValueBytes: 1000, samples: samples)
    }

    @Test func ratiosAreOfTimes() {
        let row = Self.row(Self.small(), seconds: 1e-3)
        #expect(row.againstContiguous.median == 0.5)
        #expect(row.fraction.median == 0.25)
        #expect(row.contiguousFraction == 0.5)
        #expect(abs(row.gbps - 1e-3) < 1e-12 && abs(row.readGbps - 4e-3) < 1e-12)
    }

    /// A line for each setting of the other axes, and only where the axis varies.
    @Test func chartsHaveALineForEverySetting() throws {
        let rows = KVLayout.allCases.flatMap { layout in
            [256, 16, 64].map { tokens in
                Self.row(Self.small { ($0.layout, $0.blockTokens) = (layout, tokens) }, seconds: 1e-3)
            }
        }
        func chart(_ title: String) throws -> PagedAttentionChart {
            PagedAttentionChart(
                axis: try #require(PagedAttentionAxis.all.first { $0.title.hasPrefix(title) }), rows: rows)
        }
        let blocks = try chart("block size")
        #expect(blocks.labels == ["16", "64", "256"])
        #expect(blocks.lines.count == 2 && blocks.lines.allSatisfy { $0.points.map(\.place) == [0, 1, 2] })
        #expect(try chart("layout").labels == ["panels", "tokens"])
        #expect(try chart("layout").lines.count == 3)
        #expect(try chart("context").lines.isEmpty)
    }

    @Test func thePageHasEverything() throws {
        let rows = try PagedAttentionSweep().cases().map { Self.row($0, seconds: 1e-3) }
        let html = PagedAttentionPage(machine: [("processor", "<x>")], rows: rows).html
        for row in rows { #expect(html.contains("<span class=\"name\">\(row.shape.name)")) }
        #expect(html.contains("&lt;x&gt;") && !html.contains("<x>"))
        for outside in ["<script", "src=", "http://", "https://", "url(", "@import", "NaN", "inf,"] {
            #expect(!html.contains(outside), "\(outside)")
        }
        #expect(html.components(separatedBy: "<figure>").count - 1 == 8)
        for name in ["svg", "section", "table", "ul", "figure"] {
            #expect(
                html.components(separatedBy: "<\(name)").count == html.components(separatedBy: "</\(name)>").count)
        }
        #expect(PagedAttentionPage(machine: [], rows: []).html.hasSuffix("</html>\n"))
    }
}
