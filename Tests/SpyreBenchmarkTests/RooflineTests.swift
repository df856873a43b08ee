import Foundation
import Testing

@testable import SpyreBenchmark

@Suite struct RooflineTests {
    private func loop(_ isa: String, _ type: ComputeType, missing: String? = nil) -> PeakLoop {
        PeakLoop(index: 0, isa: isa, type: type, instructions: "", missing: missing, operations: 1)
    }

    @Test func theLimitIsThatOfTheTypeOrOfFloat32() {
        let loops = [
            loop("reference", .float32), loop("avx2", .float32), loop("avx2", .bfloat16, missing: "avx512_bf16"),
            loop("avx2", .int8), loop("avx512", .float32, missing: "avx512f"),
        ]
        #expect(PeakLoop.limit(isa: "avx2", type: .int8, among: loops) == loops[3])
        #expect(PeakLoop.limit(isa: "avx2", type: .bfloat16, among: loops) == loops[1])
        #expect(PeakLoop.limit(isa: "reference", type: .int8, among: loops) == loops[0])
        #expect(PeakLoop.limit(isa: "avx512", type: .float32, among: loops) == loops[0])
        #expect(PeakLoop.limit(isa: "avx2", type: .int8, among: []) == nil)
    }

    @Test func everyLoopRuns() throws {
        #expect(PeakLoop.all.contains { $0.isa == "reference" && $0.missing == nil })
        for loop in PeakLoop.all {
            let seconds = loop.seconds(threads: 2, iterations: 1000)
            #expect(loop.missing == nil ? seconds > 0 : seconds == -1, "\(loop)")
            #expect(loop.seconds(threads: 0, iterations: 1) == -1)
        }
    }

    @Test func threadsThatDoNotSleepAreRefused() throws {
        let refused = ["active", "ACTIVE", "infinite", "3", "200ms", "50"]
        for value in refused {
            #expect(throws: BenchmarkError.self) { try Rest.checkWaits(["KMP_BLOCKTIME": value]) }
        }
        for value in ["", "0", "2", "1ms", "500us"] { try Rest.checkWaits(["KMP_BLOCKTIME": value]) }
        try Rest.checkWaits(["OMP_WAIT_POLICY": "passive"])
        #expect(throws: BenchmarkError.self) { try Rest.checkWaits(["OMP_WAIT_POLICY": "active"]) }
    }

    private static let caches = CacheHierarchy(caches: [
        .init(level: 1, bytes: 32 << 10, sharedBy: 1), .init(level: 2, bytes: 1 << 20, sharedBy: 2),
        .init(level: 3, bytes: 32 << 20, sharedBy: 8),
    ])

    @Test func workLiesInTheFirstCacheThatHoldsIt() {
        let caches = Self.caches
        #expect(caches.level(ofWorkingSet: 32 << 10, threads: 1) == "L1")
        #expect(caches.level(ofWorkingSet: 33 << 10, threads: 1) == "L2")
        #expect(caches.level(ofWorkingSet: 33 << 10, threads: 2) == "L1")
        // Two threads share one second level cache.
        #expect(caches.level(ofWorkingSet: 2 << 20, threads: 2) == "L3")
        #expect(caches.level(ofWorkingSet: 2 << 20, threads: 3) == "L2")
        #expect(caches.level(ofWorkingSet: 33 << 20, threads: 8) == "DRAM")
        #expect(CacheHierarchy(caches: []).level(ofWorkingSet: 1, threads: 1) == "DRAM")
    }

    @Test func probesGrow() {
        let probes = Self.caches.probes(threads: 2, memoryLimit: 1 << 30)
        #expect(probes.map(\.level) == ["L1", "L2", "L3", "DRAM"])
        #expect(probes.map(\.bytes) == [32 << 10, 512 << 10, 16 << 20, 128 << 20])
        #expect(Self.caches.probes(threads: 2, memoryLimit: 1 << 20).map(\.level) == ["L1", "L2", "L3"])
        #expect(CacheHierarchy(caches: []).probes(threads: 1, memoryLimit: 1 << 30).map(\.level) == ["DRAM"])
    }

    @Test func sysfsIsRead() throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: root) }
        for (index, (type, level, size, shared)) in [
            ("Data", "1", "48K", "0,4"), ("Instruction", "1", "32K", "0"), ("Unified", "3", "1M", "0-3,8-11"),
        ].enumerated() {
            let folder = root.appendingPathComponent("sys/devices/system/cpu/cpu0/cache/index\(index)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for (name, text) in [("type", type), ("level", level), ("size", size), ("shared_cpu_list", shared)] {
                try Data((text + "\n").utf8).write(to: folder.appendingPathComponent(name))
            }
        }
        #expect(
            CacheHierarchy(root: root.path).caches == [
                .init(level: 1, bytes: 48 << 10, sharedBy: 2), .init(level: 3, bytes: 1 << 20, sharedBy: 8),
            ])
        #expect(CacheHierarchy(root: "/no/such").caches.isEmpty)
        #expect(CacheHierarchy.bytes("x") == nil)
        #expect(CacheHierarchy.bytes("99999999999G") == nil)
    }

    /// Every byte of the ranges is moved, whatever their sizes are to each other: updates turn bits over.
    @Test(arguments: [(0, 0, 64), (640, 64, 192), (64 * 9000, 64 * 3, 64 * 20_011), (0, 64 * 100_003, 64 * 77)])
    func streamsMoveAllOfTheirBytes(_ read: Int, _ written: Int, _ updated: Int) throws {
        for threads in [1, 3] {
            let memory = UnsafeMutableRawPointer.allocate(byteCount: read + written + updated, alignment: 64)
            defer { memory.deallocate() }
            memory.initializeMemory(as: UInt8.self, repeating: 5, count: read + written + updated)
            let traffic = MemoryTraffic(read: read, written: written, updated: updated)
            #expect(Streams.run(memory, traffic, threads: threads) > 0)
            let bytes = UnsafeRawBufferPointer(start: memory, count: read + written + updated)
            #expect(bytes[..<read].allSatisfy { $0 == 5 })
            // Reads of an even number of equal lines fold to 0, of an odd one to 5.
            #expect(bytes[read..<(read + written)].allSatisfy { $0 == 0 || $0 == 5 })
            #expect(written < 64 || bytes[read..<(read + written)].contains { $0 == 0 } || read > 0)
            #expect(bytes[(read + written)...].allSatisfy { $0 == 0xFA })
        }
    }

    @Test func measurementHasEveryRow() throws {
        let rows = try RooflineMeasurement(
            isas: ["reference", "avx2"], threadCounts: [1, 2], caches: Self.caches,
            plan: MeasurementPlan(repeats: 1, sampleSeconds: 1e-5), memoryLimit: 4 << 20
        ).run { _, _ in }
        let loops = PeakLoop.all.filter { ["reference", "avx2"].contains($0.isa) }.count
        // Peaks; read, copy and write at each level; two primitives: all for each number of threads.
        #expect(rows.count == 2 * (loops + 3 * 3 + 2))
        for row in rows {
            switch row {
            case .peak(let loop, _, let rate): #expect((rate == nil) == (loop.missing != nil))
            case .bandwidth(_, _, _, _, let rate): #expect(rate.minimum > 0)
            case .primitive(.forkJoin, _, let time): #expect(time.minimum > 0)
            case .primitive: break
            }
        }
    }
}
