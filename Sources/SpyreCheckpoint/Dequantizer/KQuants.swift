/// ggml's super-blocks of 256 elements, whose blocks have integer scales of their own.
///
/// - Q4_K (144 bytes): d, dmin, 12 bytes with eight 6-bit scales s and eight 6-bit minima m, 128 bytes of nibbles: 32
///   bytes for two blocks of 32, the even one in the low nibbles. Value d·s·q - dmin·m.
/// - Q5_K (176 bytes): as Q4_K, with 32 bytes in front of the nibbles; bit b of byte i is the fifth bit of element i of
///   block b.
/// - Q6_K (210 bytes): 128 bytes of low nibbles, 64 bytes of high bit pairs, sixteen signed bytes s, d. A block has 16
///   elements. Value d·s·(q - 32).
enum KQuants {
    private static let length = 256
    private static let bytesOfQ4K = 144
    private static let bytesOfQ5K = 176
    private static let bytesOfQ6K = 210

    /// - Parameters:
    ///   - bytes: whole super-blocks, as many as `output` takes.
    ///   - output: a multiple of 256 elements.
    static func dequantizeQ4K(_ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableBufferPointer<Float>) {
        dequantizeBlocksOf32(bytes, into: output, blockBytes: bytesOfQ4K)
    }

    /// See `dequantizeQ4K`.
    static func dequantizeQ5K(_ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableBufferPointer<Float>) {
        dequantizeBlocksOf32(bytes, into: output, blockBytes: bytesOfQ5K)
    }

    private static func dequantizeBlocksOf32(
        _ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableBufferPointer<Float>, blockBytes: Int
    ) {
        for superBlock in 0..<(output.count / length) {
            let start = superBlock * blockBytes
            let d = Dequantizer.half(bytes, at: start)
            let dmin = Dequantizer.half(bytes, at: start + 2)
            for block in 0..<8 {
                let (s, m) = scales(bytes, at: start + 4, block: block)
                let (scale, minimum) = (d * Float(s), dmin * Float(m))
                let nibbles = start + blockBytes - 128 + block / 2 * 32
                for i in 0..<32 {
                    let low = block.isMultiple(of: 2) ? bytes[nibbles + i] & 15 : bytes[nibbles + i] >> 4
                    let high = blockBytes == bytesOfQ5K ? bytes[start + 16 + i] >> UInt8(block) & 1 : 0
                    let q = low | high << 4
                    output[superBlock * length + block * 32 + i] = scale * Float(q) - minimum
                }
            }
        }
    }

    /// Blocks 0 to 3 have their six bits in bytes 0 to 3 (scales) and 4 to 7 (minima). Blocks 4 to 7 have four bits in
    /// the halves of bytes 8 to 11 and two on top of the bytes of the other four blocks.
    private static func scales(_ bytes: UnsafeRawBufferPointer, at start: Int, block: Int) -> (UInt8, UInt8) {
        guard block >= 4 else { return (bytes[start + block] & 63, bytes[start + 4 + block] & 63) }
        let low = bytes[start + 4 + block]
        let (s, m) = (bytes[start + block - 4] >> 6, bytes[start + block] >> 6)
        return (low & 15 | s << 4, low >> 4 | m << 4)
    }

    /// See `dequantizeQ4K`. Each half of 128 elements has four runs of 32; the nibbles of runs 0 and 2 share 32 bytes,
    /// as do those of 1 and 3, and the high bits of all four share 32 bytes.
    static func dequantizeQ6K(_ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableBufferPointer<Float>) {
        for superBlock in 0..<(output.count / length) {
            let start = superBlock * bytesOfQ6K
            let d = Dequantizer.half(bytes, at: start + 208)
            for element in 0..<length {
                let (half, run, i) = (element / 128, element % 128 / 32, element % 32)
                let pair = bytes[start + half * 64 + run % 2 * 32 + i]
                let high = bytes[start + 128 + half * 32 + i] >> UInt8(2 * run) & 3
                let q = Int(run < 2 ? pair & 15 : pair >> 4) | Int(high) << 4
                let s = Int8(bitPattern: bytes[start + 192 + element / 16])
                output[superBlock * length + element] = d * Float(s) * Float(q - 32)
            }
        }
    }
}
