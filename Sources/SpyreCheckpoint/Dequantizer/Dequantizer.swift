/// Turns stored elements into binary32, one by one, exactly as the formats define them.
///
/// This is the scalar oracle that faster paths are tested against, and what tools use; it is not made for speed.
/// Block layouts (ggml): all little-endian, d and m are binary16.
/// - Q8_0: d, 32 signed bytes q; value q·d.
/// - Q4_0: d, 16 bytes of nibbles; element i < 16 is the low nibble of byte i, i ≥ 16 the high nibble of byte i - 16;
///   value (q - 8)·d.
/// - Q4_1: d, m, 16 bytes of nibbles in the same order; value q·d + m.
/// - Q5_0: d, 32 bits h, 16 bytes of nibbles in the same order; h has the fifth bits; value (q - 16)·d.
/// - Q5_1: d, m, h, nibbles; value q·d + m.
/// - Q4_K, Q5_K and Q6_K: super-blocks of 256, see `KQuants`.
///
/// The products are exact in binary32 (11-bit d times at most 8-bit q, or 7-bit scale times 6-bit q), so fused and
/// separate addition agree.
public enum Dequantizer {
    /// Types that can be converted, in the order for messages.
    public static let supportedTypes: [ElementType] = [
        .float32, .float16, .bfloat16, .q8_0, .q4_1, .q4_0, .q4_K, .q6_K, .q5_0, .q5_1, .q5_K,
    ]

    public static func supports(_ type: ElementType) -> Bool { supportedTypes.contains(type) }

    /// Converts `output.count` elements.
    ///
    /// - Parameters:
    ///   - bytes: the elements' bytes at any alignment; exactly as many as `output.count` elements take.
    ///   - type: one of `supportedTypes`.
    ///   - output: receives the elements; its count is a multiple of the type's block length.
    ///   - tensor: a name for errors.
    /// - Throws: `invalidConversion` when type or sizes do not fit.
    public static func dequantize(
        _ bytes: UnsafeRawBufferPointer, as type: ElementType, into output: UnsafeMutableBufferPointer<Float>,
        tensor: String = ""
    ) throws(CheckpointError) {
        guard supports(type) else {
            throw .invalidConversion(tensor: tensor, reason: "type \(type.rawValue) cannot be converted")
        }
        guard let needed = type.byteCount(elements: output.count), needed == bytes.count else {
            throw .invalidConversion(
                tensor: tensor,
                reason: "\(bytes.count) bytes of \(type.rawValue) are not \(output.count) elements")
        }
        switch type {
        case .float32: convert(bytes, into: output) { Float(bitPattern: $0) }
        case .float16: convert(bytes, into: output, HalfPrecision.float32(binary16:))
        case .bfloat16: convert(bytes, into: output, HalfPrecision.float32(bfloat16:))
        case .q8_0: dequantizeQ8(bytes, into: output)
        case .q4_0: dequantizeQ4(bytes, into: output, hasMinimum: false)
        case .q4_1: dequantizeQ4(bytes, into: output, hasMinimum: true)
        case .q5_0: dequantizeQ5(bytes, into: output, hasMinimum: false)
        case .q5_1: dequantizeQ5(bytes, into: output, hasMinimum: true)
        case .q4_K: KQuants.dequantizeQ4K(bytes, into: output)
        case .q5_K: KQuants.dequantizeQ5K(bytes, into: output)
        case .q6_K: KQuants.dequantizeQ6K(bytes, into: output)
        default: throw .invalidConversion(tensor: tensor, reason: "type \(type.rawValue) cannot be converted")
        }
    }

    private static func convert<Bits: FixedWidthInteger>(
        _ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableBufferPointer<Float>, _ value: (Bits) -> Float
    ) {
        for index in output.indices {
            let bits = bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Bits>.size, as: Bits.self)
            output[index] = value(Bits(littleEndian: bits))
        }
    }

    private static func dequantizeQ8(_ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableBufferPointer<Float>) {
        for block in 0..<(output.count / 32) {
            let start = block * 34
            let scale = half(bytes, at: start)
            for index in 0..<32 {
                output[block * 32 + index] = Float(Int8(bitPattern: bytes[start + 2 + index])) * scale
            }
        }
    }

    private static func dequantizeQ4(
        _ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableBufferPointer<Float>, hasMinimum: Bool
    ) {
        let blockBytes = hasMinimum ? 20 : 18
        for block in 0..<(output.count / 32) {
            let start = block * blockBytes
            let scale = half(bytes, at: start)
            let nibbles = start + blockBytes - 16
            for index in 0..<16 {
                let pair = bytes[nibbles + index]
                let low = Float(pair & 0x0F)
                let high = Float(pair >> 4)
                if hasMinimum {
                    let minimum = half(bytes, at: start + 2)
                    output[block * 32 + index] = low * scale + minimum
                    output[block * 32 + 16 + index] = high * scale + minimum
                } else {
                    output[block * 32 + index] = (low - 8) * scale
                    output[block * 32 + 16 + index] = (high - 8) * scale
                }
            }
        }
    }

    private static func dequantizeQ5(
        _ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableBufferPointer<Float>, hasMinimum: Bool
    ) {
        let blockBytes = hasMinimum ? 24 : 22
        for block in 0..<(output.count / 32) {
            let start = block * blockBytes
            let (scale, nibbles) = (half(bytes, at: start), start + blockBytes - 16)
            for index in 0..<32 {
                let pair = bytes[nibbles + index % 16]
                let high = bytes[nibbles - 4 + index / 8] >> UInt8(index % 8) & 1
                let quant = Float(index < 16 ? pair & 0x0F : pair >> 4) + 16 * Float(high)
                output[block * 32 + index] =
                    hasMinimum ? quant * scale + half(bytes, at: start + 2) : (quant - 16) * scale
            }
        }
    }

    static func half(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Float {
        HalfPrecision.float32(
            binary16: UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
    }
}
