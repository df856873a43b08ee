import CSpyreKernels
import SpyreCheckpoint

/// A type that weights can have on the device, and what the ABI promises of products with it.
package struct WeightFormat: Sendable {
    /// The ABI's number of the image's type.
    let code: Int
    /// How the same weights lie in a file, which is what they are packed from.
    let source: ElementType
    /// Where a block of the file has binary16 numbers; everything else in a block of quants may be any bits.
    let halves: [Int]
    let rounding: ActivationRounding

    var name: String { String(cString: spyre_type_name(spyre_type(code))) }

    /// All types that the library packs weights to.
    static let all: [WeightFormat] = [
        WeightFormat(code: SPYRE_TYPE_F32, source: .float32, halves: [], rounding: .none),
        WeightFormat(code: SPYRE_TYPE_BF16, source: .bfloat16, halves: [], rounding: .bfloat16),
        WeightFormat(code: SPYRE_TYPE_F16, source: .float16, halves: [], rounding: .none),
        WeightFormat(code: SPYRE_TYPE_I8, source: .int8, halves: [], rounding: .int8),
        WeightFormat(code: SPYRE_TYPE_Q8_0, source: .q8_0, halves: [0], rounding: .int8),
        WeightFormat(code: SPYRE_TYPE_Q4_0, source: .q4_0, halves: [0], rounding: .int8),
        WeightFormat(code: SPYRE_TYPE_Q4_1, source: .q4_1, halves: [0, 2], rounding: .int8),
        WeightFormat(code: SPYRE_TYPE_Q4_K, source: .q4_K, halves: [0, 2], rounding: .int8),
        WeightFormat(code: SPYRE_TYPE_Q6_K, source: .q6_K, halves: [208], rounding: .int8),
    ]

    /// What limits products with weights of this type; nil for a type that weights cannot have.
    package static func computeType(of code: spyre_type) -> ComputeType? {
        all.first { spyre_type($0.code) == code }?.rounding.type
    }

    static func named(_ name: String) throws(BenchmarkError) -> WeightFormat {
        guard let format = all.first(where: { $0.name == name }) else {
            throw BenchmarkError(.request, "no weights of type \(name)")
        }
        return format
    }

    /// Whether a float32 scale belongs to each row, beside the file's bytes.
    var hasRowScales: Bool { source == .int8 }

    /// The scale of a row that has one: seven bits, so that its products with int8 are exact in float32.
    func scale(ofRow row: Int) -> Float { hasRowScales ? Float(64 + row % 64) / 8192 : 1 }

    /// Bytes of a row in a file.
    func rowBytes(_ columns: Int) -> Int { columns / source.blockLength * source.bytesPerBlock }

    /// Bytes of the image; 0 when the type cannot hold the shape.
    func imageBytes(outputs: Int, columns: Int) -> Int {
        Int(clamping: spyre_weight_bytes(spyre_type(code), Int64(outputs), Int64(columns)))
    }

    /// Blocks with random weights, in the file's layout.
    func randomBlocks(_ count: Int, seed: UInt64) -> [UInt8] {
        var random = RandomValues(seed: seed)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count * source.bytesPerBlock)
        for _ in 0..<count {
            switch source {
            case .float32: withUnsafeBytes(of: random.float()) { bytes += $0 }
            case .bfloat16:
                withUnsafeBytes(of: UInt16(truncatingIfNeeded: random.float().bitPattern >> 16)) { bytes += $0 }
            case .float16: withUnsafeBytes(of: Self.half(&random, exponent: 14)) { bytes += $0 }
            default: bytes += block(&random)
            }
        }
        return bytes
    }

    private func block(_ random: inout RandomValues) -> [UInt8] {
        var block = (0..<source.bytesPerBlock).map { _ in UInt8(truncatingIfNeeded: random.bits() >> 32) }
        for offset in halves {
            // 2^-8 ..< 2^-7 makes weights of usual size of 4 to 8 bits.
            let bits = Self.half(&random, exponent: 7) & 0x7fff
            (block[offset], block[offset + 1]) = (UInt8(bits & 0xff), UInt8(bits >> 8))
        }
        return block
    }

    /// A binary16 number of this biased exponent with a random sign and fraction.
    private static func half(_ random: inout RandomValues, exponent: UInt16) -> UInt16 {
        UInt16(truncatingIfNeeded: random.bits() >> 16) & 0x83ff | exponent << 10
    }

    /// The weights in a file's bytes, exactly and without the scale of their row.
    func decode(_ bytes: ArraySlice<UInt8>, columns: Int) throws -> [Double] {
        if source == .int8 { return bytes.map { Double(Int8(bitPattern: $0)) } }
        var values = [Float](repeating: 0, count: columns)
        try bytes.withUnsafeBytes { bytes in
            try values.withUnsafeMutableBufferPointer { try Dequantizer.dequantize(bytes, as: source, into: $0) }
        }
        return values.map(Double.init)
    }
}

/// What a matmul does to its activations before it multiplies, see `spyre_matmul_desc`.
enum ActivationRounding: Sendable {
    case none
    /// To the nearest bfloat16.
    case bfloat16
    /// To int8 with one scale for 32 activations, or for a whole row.
    case int8

    var type: ComputeType {
        switch self {
        case .none: .float32
        case .bfloat16: .bfloat16
        case .int8: .int8
        }
    }

    var bound: String {
        switch self {
        case .none: "gamma(K + 8) S"
        case .bfloat16: "E + gamma(K + 8) (S + 32 E), E = 2^-8 S"
        case .int8: "E + gamma(K + 8) (S + 32 E), E = max|x| / 254 sum|w|"
        }
    }

    /// How far a product may be off: `sizes` is S, the sum of |w x|; `weights` the sum of |w|.
    func error(columns: Int, sizes: Double, weights: Double, greatestInput: Double) -> Double {
        let rounding =
            switch self {
            case .none: 0.0
            case .bfloat16: 0x1p-8 * sizes
            case .int8: greatestInput / 254 * weights
            }
        return rounding + gamma(columns + 8) * (sizes + 32 * rounding)
    }
}
