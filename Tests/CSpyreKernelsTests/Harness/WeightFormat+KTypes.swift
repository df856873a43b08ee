import CSpyreKernels

/// ggml's super-blocks of 256 values along K, whose blocks have integer scales of their own.
extension WeightFormat {
    /// d, dmin, twelve bytes of 6-bit scales and minima, nibbles of two blocks of 32 in turn: d * scale * q - dmin * min
    static let q4_k = WeightFormat(
        name: "q4_k", type: SPYRE_TYPE_Q4_K, block: 256, preparation: .int8(block: 32), halves: [0, 2],
        draw: { random in
            bytes(Float16(Float.random(in: 0.0005...0.005, using: &random)))
                + bytes(Float16(Float.random(in: -0.005...0.005, using: &random)))
                + (0..<140).map { _ in UInt8.random(in: 0...255, using: &random) }
        },
        decode: { file in
            blocks(file, of: 144).flatMap { block in
                let (d, dmin) = (half(block, 0), half(block, 2))
                let s = Array(block.dropFirst(4).prefix(12)), nibbles = Array(block.dropFirst(16))
                return (0..<256).map { i in
                    let j = i / 32
                    // Of the last four blocks, two bits are on top of the bytes of the first four.
                    let scale = j < 4 ? s[j] % 64 : s[j + 4] % 16 + s[j - 4] / 64 * 16
                    let minimum = j < 4 ? s[j + 4] % 64 : s[j + 4] / 16 + s[j] / 64 * 16
                    let byte = nibbles[j / 2 * 32 + i % 32]
                    let product = d * Double(scale) * Double(j % 2 == 0 ? byte % 16 : byte / 16)
                    let offset = dmin * Double(minimum)
                    return Element(product - offset, size: abs(product) + abs(offset))
                }
            }
        })

    /// Low nibbles, high bits, sixteen signed scales, d: d * scale * (q - 32). A half of 128 values has four runs of 32:
    /// the first two in the low nibbles of its 64 bytes, the last two in the high ones; its 32 bytes of high bits hold
    /// two bits of each run.
    static let q6_k = WeightFormat(
        name: "q6_k", type: SPYRE_TYPE_Q6_K, block: 256, preparation: .int8(block: 32), halves: [208],
        draw: { random in
            (0..<208).map { _ in UInt8.random(in: 0...255, using: &random) }
                + bytes(Float16(Float.random(in: 0.0001...0.001, using: &random)))
        },
        decode: { file in
            blocks(file, of: 210).flatMap { block in
                let all = Array(block), d = half(block, 208)
                return (0..<256).map { i in
                    let (part, run, at) = (i / 128, i % 128 / 32, i % 32)
                    let low = all[part * 64 + run % 2 * 32 + at]
                    let high = all[128 + part * 32 + at] >> UInt8(2 * run) & 3
                    let quant = Int(run < 2 ? low % 16 : low / 16) + 16 * Int(high) - 32
                    return Element(d * Double(Int8(bitPattern: all[192 + i / 16])) * Double(quant))
                }
            }
        })
}
