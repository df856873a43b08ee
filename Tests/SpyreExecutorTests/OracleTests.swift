import SpyreExecutor
import SpyreGraph
import SpyreTestSupport
import Testing

/// `eager` with the reference kernels in float32 is the oracle: every backend on every instruction set stays near it.
@Suite struct OracleTests {
    static let models = [
        "llama-gqa", "llama-bias", "granite", "llama-q4_1-q8_0.gguf", "llama-q4_0-f16.gguf", "llama-q4_k-q6_k.gguf",
    ]

    static func logits(_ model: String, _ backend: Backend, _ isa: String, _ dtype: ModelDType) throws -> [Float] {
        let session = try Session(
            Fixtures.path("micro/\(model)"), backend: backend, dtype: dtype, isa: isa, length: 128, sequences: 2)
        let prompt = BatchTests.prompt(70, seed: 3)
        var rows = try session.run([(0, Array(prompt.prefix(40)))], allLogits: true)
        rows += try session.run([(0, Array(prompt.dropFirst(40))), (1, Array(prompt.prefix(3)))], allLogits: true)
        for token in prompt.prefix(4) { rows += try session.run([(0, [token])]) }
        return rows.flatMap(\.self)
    }

    /// Float32 differs by the order of operations alone. The other types also round: activations, and the weights of
    /// the values of a bfloat16 cache. A weight near the middle of two bfloat16 numbers goes up with one instruction set
    /// and down with another, which may then turn the rounding of an activation: single logits are up to 6e-3 apart.
    /// What has to hold is that no instruction set is further from float32 than the reference, over all logits.
    @Test(arguments: models, Session.runnableISAs)
    func instructionSetsAgree(model: String, isa: String) throws {
        let oracle = try Self.logits(model, .eager, "reference", .float32)
        let scale = oracle.map(abs).max() ?? 0
        #expect(scale > 0.1)
        for backend in Backend.allCases {
            let logits = try Self.logits(model, backend, isa, .float32)
            #expect(zip(logits, oracle).allSatisfy { abs($0 - $1) <= 1e-5 * scale }, "\(backend)")
        }
        for dtype in [ModelDType.auto, .bfloat16] {
            let expected = try Self.logits(model, .eager, "reference", dtype)
            let logits = try Self.logits(model, .inductor, isa, dtype)
            let own = Self.distance(expected, oracle), distance = Self.distance(logits, oracle)
            #expect(distance <= 1.1 * own + 1e-5 * scale, "\(dtype): \(distance / scale), \(own / scale)")
        }
    }

    /// Root of the mean square of the differences.
    private static func distance(_ a: [Float], _ b: [Float]) -> Float {
        let squares = zip(a, b).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
        return Float((squares / Double(max(1, a.count))).squareRoot())
    }
}
