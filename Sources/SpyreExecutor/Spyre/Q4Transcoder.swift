/// Rewrites ggml's Q4_0 blocks (binary16 d, 16 bytes of nibbles, weight (q - 8) * d) as Q4_1 blocks (d, m, the same
/// nibbles, weight q * d + m) with m = -8 d, which is exact in binary16 unless 8 d overflows.
enum Q4Transcoder {
    private static let sourceBlock = 18
    private static let targetBlock = 20

    static func q4_1(fromQ4_0 source: UnsafeRawBufferPointer) -> [UInt8] {
        let blocks = source.count / sourceBlock
        return [UInt8](unsafeUninitializedCapacity: blocks * targetBlock) { target, count in
            for block in 0..<blocks {
                let from = block * sourceBlock
                let to = block * targetBlock
                let bits = UInt16(source[from]) | UInt16(source[from + 1]) << 8
                let minimum = (Float16(bitPattern: bits) * -8).bitPattern
                target[to] = source[from]
                target[to + 1] = source[from + 1]
                target[to + 2] = UInt8(truncatingIfNeeded: minimum)
                target[to + 3] = UInt8(truncatingIfNeeded: minimum >> 8)
                for i in 0..<16 { target[to + 4 + i] = source[from + 2 + i] }
            }
            count = blocks * targetBlock
        }
    }
}
