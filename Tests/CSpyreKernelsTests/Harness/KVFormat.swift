import CSpyreKernels
import Testing

/// A type of KV cache for the sweeps. Its kernel is `attend_<name>`.
struct KVFormat: Sendable, CustomTestStringConvertible {
    var name: String
    var type: Int
    /// What the cache keeps of a key or value.
    var kept: @Sendable (Float) -> Double
    /// Relative error of a query, and of a weight of a value, when the kernel rounds them to the cache's type; 0 when
    /// it does not.
    var queryRounding = 0.0
    var weightRounding = 0.0

    var kernel: String { "attend_\(name)" }
    var testDescription: String { name }

    /// All types that a cache can have. A new type needs its line here and nothing else.
    static let all: [KVFormat] = [
        KVFormat(name: "f32", type: SPYRE_TYPE_F32) { Double($0) },
        KVFormat(name: "f16", type: SPYRE_TYPE_F16) { Double(Float16($0)) },
        // A query is the sum of two bfloat16 numbers; a weight is off by its exponential's error too.
        KVFormat(
            name: "bf16", type: SPYRE_TYPE_BF16, kept: { Double(Oracle.float(bfloat16: Oracle.bfloat16($0))) },
            queryRounding: 0x1p-16, weightRounding: 0x1p-8 + 0x1.6p-14),
    ]
}
