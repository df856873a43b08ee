import SpyreDevice
import SpyreExecutor
import SpyreGraph
import SpyreTestSupport
import Testing

/// The type of the KV cache, chosen beside that of the weights.
@Suite struct KVCacheDTypeTests {
    @Test func autoFollowsTheWeights() {
        #expect(KVCacheDType.auto.scalarType(for: .float32) == .float32)
        #expect(KVCacheDType.auto.scalarType(for: .bfloat16) == .bfloat16)
        #expect(KVCacheDType.auto.scalarType(for: .auto) == .bfloat16)
        for dtype in ModelDType.allCases {
            #expect(KVCacheDType.float32.scalarType(for: dtype) == .float32)
            #expect(KVCacheDType.bfloat16.scalarType(for: dtype) == .bfloat16)
            #expect(KVCacheDType.float16.scalarType(for: dtype) == .float16)
            #expect(KVCacheDType.fp8_e4m3.scalarType(for: dtype) == .float8E4M3)
            #expect(KVCacheDType.int8.scalarType(for: dtype) == .int8)
        }
    }

    /// Prompt, then tokens that read what the cache has kept of it.
    private func logits(_ cache: KVCacheDType, backend: Backend, isa: String? = nil) throws -> [[Float]] {
        let session = try Session(
            Fixtures.path("micro/llama-gqa"), backend: backend, kvCacheDType: cache, isa: isa, sequences: 1)
        let prompt = try session.run([(0, [5, 6, 7, 8, 9, 10, 11, 12, 13])])
        return try prompt + (0..<4).map { try session.run([(0, [Int32(20 + $0)])])[0] }
    }

    /// Weights in float32 throughout, so that what differs is the cache. Measured, of the
    /// largest logit: 0.00339 for bfloat16, 0.00077 for float16, 0.1150 for fp8_e4m3 and 0.0453 for int8, on every backend and instruction set.
    @Test(arguments: Backend.allCases, Session.runnableISAs)
    func logitsAreNearThoseOfAFloat32Cache(backend: Backend, isa: String) throws {
        let exact = try logits(.float32, backend: backend, isa: isa)
        #expect(try logits(.auto, backend: backend, isa: isa) == exact)
        for (cache, bound): (KVCacheDType, Float) in [
            (.bfloat16, 4e-3), (.float16, 1e-3), (.fp8_e4m3, 0.12), (.int8, 0.048),
        ] {
            let near = try logits(cache, backend: backend, isa: isa)
            let difference = MicroModelTests.difference(near, exact.flatMap(\.self))
            #expect(difference > 0 && difference <= bound, "\(cache): \(difference)")
        }
    }
}
