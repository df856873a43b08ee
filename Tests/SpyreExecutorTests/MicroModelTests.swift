import SpyreExecutor
import SpyreGraph
import SpyreTestSupport
import Testing

/// The micro models against logits that transformers computed in float32; Tests/Fixtures/README.md says how.
@Suite struct MicroModelTests {
    static let models: [(path: String, expected: String)] = [
        ("llama-gqa", "llama-gqa"), ("llama-mha-sharded", "llama-mha-sharded"), ("llama-mqa-bf16", "llama-mqa-bf16"),
        ("llama-bias", "llama-bias"), ("llama-rope-llama3", "llama-rope-llama3"), ("llama-head-dim", "llama-head-dim"),
        ("granite", "granite"), ("granite-head-dim-bf16", "granite-head-dim-bf16"),
        ("granite-moe-hybrid-dense", "granite-moe-hybrid-dense"), ("llama-head-dim.f32.gguf", "llama-head-dim"),
        ("granite.f32.gguf", "granite"), ("llama-q4_1-q8_0.gguf", "llama-q4_1-q8_0"),
        ("llama-q4_0-f16.gguf", "llama-q4_0-f16"), ("llama-q4_k-q6_k.gguf", "llama-q4_k-q6_k"),
    ]

    /// Largest difference as a fraction of the largest expected logit.
    static func difference(_ logits: [[Float]], _ expected: [Float]) -> Float {
        let actual = logits.flatMap(\.self)
        guard actual.count == expected.count else { return .infinity }
        let scale = expected.map(abs).max() ?? 1
        // max(by:) would pass over a NaN.
        return zip(actual, expected).reduce(0) { worst, pair in
            let d = abs(pair.0 - pair.1)
            return d.isNaN ? .infinity : max(worst, d / scale)
        }
    }

    @Test(arguments: models.indices, Backend.allCases)
    func logitsMatchTransformers(model: Int, backend: Backend) throws {
        let (path, name) = Self.models[model]
        let expected = try ExpectedTensors(Fixtures.path("micro/\(name).expected.safetensors"))
        let session = try Session(Fixtures.path("micro/\(path)"), backend: backend, sequences: 2)
        for index in 0...2 {
            let ids = try expected.integers("ids.\(index)")
            let logits = try expected.floats("logits.\(index)")
            let rows = logits.count / session.executor.limits.vocabularySize
            // The last rows in a step of their own: what came before is then read from the cache.
            session.reset(0)
            if rows < ids.count { _ = try session.run([(0, Array(ids.dropLast(rows)))]) }
            let continued = try session.run([(0, Array(ids.suffix(rows)))], allLogits: true)
            #expect(Self.difference(continued, logits) <= 1e-4, "\(path) \(backend) ids.\(index), in two chunks")
            session.reset(1)
            let whole = try session.run([(1, ids)])
            #expect(Self.difference(whole, Array(logits.suffix(whole[0].count))) <= 1e-4)
        }
        #expect(session.executor.compilationsAfterWarmUp == 0)
    }

    @Test(arguments: models.indices, Backend.allCases)
    func greedyTokensMatchTransformers(model: Int, backend: Backend) throws {
        let (path, name) = Self.models[model]
        let expected = try ExpectedTensors(Fixtures.path("micro/\(name).expected.safetensors"))
        let session = try Session(Fixtures.path("micro/\(path)"), backend: backend, sequences: 1)
        var next = try expected.integers("greedy.prompt")
        var tokens: [Int32] = []
        for _ in try expected.integers("greedy.tokens") {
            let logits = try session.run([(0, next)])[0]
            let best = Session.argmax(logits)
            tokens.append(best)
            next = [best]
        }
        #expect(try tokens == expected.integers("greedy.tokens"))
    }

    /// Quantised files in their own types: the activations that meet them are int8, so that logits are only near.
    /// Measured on every instruction set and backend: at most 0.0172 for Q4_0 and F16, 0.0184 for Q4_1 and Q8_0, 0.0120
    /// for Q4_K and Q6_K.
    @Test(arguments: ["llama-q4_1-q8_0", "llama-q4_0-f16", "llama-q4_k-q6_k"], Backend.allCases)
    func quantisedFilesStayInTheirTypes(name: String, backend: Backend) throws {
        let expected = try ExpectedTensors(Fixtures.path("micro/\(name).expected.safetensors"))
        let path = Fixtures.path("micro/\(name).gguf")
        let session = try Session(path, backend: backend, dtype: .auto, sequences: 1)
        for index in 0...1 {
            session.reset(0)
            let logits = try session.run([(0, try expected.integers("ids.\(index)"))], allLogits: true)
            let difference = try Self.difference(logits, expected.floats("logits.\(index)"))
            #expect(difference <= 0.02, "ids.\(index)")
        }
    }
}
