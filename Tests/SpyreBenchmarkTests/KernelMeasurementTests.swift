import SpyreDevice
import Testing

@testable import SpyreBenchmark

/// Small shapes of every op on every instruction set that this processor has.
@Suite(.serialized) struct KernelMeasurementTests {
    static let shapes: [String: KernelShape] = [
        "matmul": KernelShape(3, 70, 64), "gemm": KernelShape(3, 70, 33), "layer_norm": KernelShape(3, 100),
        "gelu": KernelShape(3, 100),
        "gelu_tanh": KernelShape(3, 100), "convert": KernelShape(3, 100),
        "attention_decode": KernelShape(130, 4, 2, 32),
        "attention_prefill": KernelShape(70, 4, 2, 32), "rms_norm": KernelShape(3, 100), "softmax": KernelShape(3, 100),
        "silu_mul": KernelShape(3, 100), "add": KernelShape(3, 100), "rope": KernelShape(5, 3, 16),
        "embedding": KernelShape(5, 70, 64), "top_k": KernelShape(3, 100, 7),
    ]

    /// Types with blocks of 256 along K.
    static let superblockShapes: [String: [String: KernelShape]] = {
        let shapes = ["matmul": KernelShape(3, 70, 256), "embedding": KernelShape(5, 70, 256)]
        return ["Q4_K": shapes, "Q6_K": shapes]
    }()

    static func rows(_ isa: String) throws -> [KernelRow] {
        let context = try KernelContext(isa: isa, threads: 2, memoryLimit: 1 << 30)
        let measurement = KernelMeasurement(
            context: context, caches: CacheHierarchy(), plan: MeasurementPlan(repeats: 1, sampleSeconds: 1e-5),
            comparesPeers: false, streams: StreamCache())
        return try KernelCatalog.families.flatMap { family in
            return try family.dtypes.map { dtype in
                let shape = superblockShapes[dtype]?[family.name] ?? shapes[family.name] ?? family.quickShapes[0]
                try family.check(dtype, shape)
                return try measurement.run(KernelCase(family: family, dtype: dtype, shape: shape))
            }
        }
    }

    @Test(arguments: ["reference", "avx2", "avx512"]) func everyKernelIsRightAndMeasured(_ isa: String) throws {
        guard (try? Device(isa: isa)) != nil else { return }
        let rows = try Self.rows(isa)
        #expect(Set(rows.map(\.op)) == Set(KernelCatalog.names))
        for row in rows {
            #expect(row.check.worst <= 1 && row.check.elements > 0, "\(row)")
            #expect(row.seconds.minimum > 0)
            #expect(row.limitSeconds > 0)
            #expect(row.isa == isa)
        }
        // Rounding to bfloat16 or int8 shows: an oracle that rounded as the kernel does would find no error.
        for dtype in ["bfloat16", "Q8_0", "int8"] {
            let row = try #require(rows.first { $0.op == "matmul" && $0.dtype == dtype })
            #expect(row.check.worst > 0.001, "\(dtype)")
        }
    }

    /// A kernel whose output was tampered with is found out.
    @Test func aWrongResultIsAnError() throws {
        let context = try KernelContext(isa: nil, threads: 1, memoryLimit: 1 << 30)
        final class Wrong: PreparedKernel {
            let inner: any PreparedKernel
            init(_ inner: any PreparedKernel) { self.inner = inner }
            var work: KernelWork { inner.work }
            func run() throws {}
            func check() throws -> KernelCheck { try inner.check() }
        }
        let family = KernelCatalog.families[0]
        // Its run does nothing, so that the output keeps the NaN that it began with.
        let lazy = KernelFamily(
            name: "lazy", dimensions: family.dimensions, dtypes: family.dtypes, shapes: family.shapes,
            quickShapes: family.quickShapes, prepare: { Wrong(try family.prepare($0, $1, $2)) })
        let measurement = KernelMeasurement(
            context: context, caches: CacheHierarchy(), plan: .quick, comparesPeers: false, streams: StreamCache())
        do {
            _ = try measurement.run(KernelCase(family: lazy, dtype: "float32", shape: KernelShape(2, 64, 32)))
            Issue.record("no error")
        } catch let error as BenchmarkError {
            #expect(error.kind == .wrongResult)
            #expect(error.description.contains("lazy float32 2x64x32"))
        }
    }
}
