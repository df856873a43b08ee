import CSpyreKernels
import Testing

/// A type of KV cache for the sweeps. Its kernel is `attend_<name>`.
struct KVFormat: Sendable, CustomTestStringConvertible {
    var name: String
    var type: Int
    /// What the cache keeps of a key or value; for a type with scales, of one that was divided by its scale.
    var kept: @Sendable (Float) -> Double
    /// Relative error of a query, and of a weight of a value, when the kernel rounds them to the cache's type; 0 when
    /// it does not.
    var queryRounding = 0.0
    var weightRounding = 0.0
    /// The number that a byte stands for, in types of 8 bits; they have scales.
    var number: (@Sendable (UInt8) -> Float)?

    var kernel: String { "attend_\(name)" }
    var testDescription: String { name }
    var elementBytes: Int { type == SPYRE_TYPE_F32 ? 4 : number == nil ? 2 : 1 }
    /// Whether two elements of a key, and those of two tokens' values, lie side by side.
    var isPaired: Bool { type != SPYRE_TYPE_F32 && type != SPYRE_TYPE_F16 }

    /// The error of a weight of one bfloat16 number, its exponential's too.
    private static let narrowWeight = 0x1p-8 + 0x1.6p-14

    /// All types that a cache can have. A new type needs its line here and nothing else.
    static let all: [KVFormat] = [
        KVFormat(name: "f32", type: SPYRE_TYPE_F32, kept: { Double($0) }),
        KVFormat(name: "f16", type: SPYRE_TYPE_F16, kept: { Double(Float16($0)) }),
        // A query is the sum of two bfloat16 numbers.
        KVFormat(
            name: "bf16", type: SPYRE_TYPE_BF16, kept: { Double(Oracle.float(bfloat16: Oracle.bfloat16($0))) },
            queryRounding: 0x1p-16, weightRounding: narrowWeight),
        KVFormat(
            name: "f8_e4m3", type: SPYRE_TYPE_F8_E4M3, kept: { Double(Oracle.float(e4m3: Oracle.e4m3($0))) },
            queryRounding: 0x1p-8, weightRounding: narrowWeight, number: { Oracle.float(e4m3: $0) }),
        KVFormat(
            name: "i8", type: SPYRE_TYPE_I8, kept: { Double(Oracle.int8($0)) },
            queryRounding: 0x1p-8, weightRounding: narrowWeight, number: { Float(Int8(bitPattern: $0)) }),
    ]

    /// An element of bytes 0x11.
    var blank: Float {
        if let number { return number(0x11) }
        return switch type {
        case SPYRE_TYPE_F32: Float(bitPattern: 0x1111_1111)
        case SPYRE_TYPE_F16: Float(Float16(bitPattern: 0x1111))
        default: Oracle.float(bfloat16: 0x1111)
        }
    }

    static func of(_ type: Int) throws -> KVFormat { try #require(all.first { $0.type == type }) }

    /// Elements of a cache as they are, without scales.
    func read(_ device: Device, _ span: spyre_span, _ count: Int) throws -> [Float] {
        if let number { return try device.read(span, count: count, as: UInt8(0)).map(number) }
        return switch type {
        case SPYRE_TYPE_F32: try device.floats(span, count)
        case SPYRE_TYPE_F16: try device.read(span, count: count, as: UInt16(0)).map { Float(Float16(bitPattern: $0)) }
        default: try device.read(span, count: count, as: UInt16(0)).map(Oracle.float(bfloat16:))
        }
    }
}

/// Scales of the KV heads of a cache, or none.
struct KVScales: Sendable {
    var keys: [Float] = []
    var values: [Float] = []

    static let none = KVScales()

    private init() {}

    /// For types that have them: one for each of the heads, or one for all; what is up to 1.5 in size fits.
    init(_ format: KVFormat, heads: Int) {
        guard format.number != nil else { return }
        let count = heads % 2 == 0 ? 1 : heads
        keys = (0..<count).map { 0.0131 * Float($0 + 1) }
        values = (0..<count).map { 0.05 / Float($0 + 1) + 0.01 }
    }

    func key(_ head: Int) -> Float { keys.isEmpty ? 1 : keys[head % keys.count] }
    func value(_ head: Int) -> Float { values.isEmpty ? 1 : values[head % values.count] }

    func on(_ device: Device) throws -> spyre_kv_scales {
        guard !keys.isEmpty else { return spyre_kv_scales() }
        return spyre_kv_scales(
            keys: try device.span(keys), values: try device.span(values), count: Int64(keys.count))
    }
}
