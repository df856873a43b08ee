import CSpyreKernels

/// ggml's blocks with five bits a weight, which files have and the device does not: they widen, and Q5_0 is held as
/// Q8_0.
extension WeightFormat {
    static let sources: [WeightFormat] = [q5_0, q5_1, q5_k]

    /// Bit `i` of little-endian bytes.
    private static func bit(_ bytes: ArraySlice<UInt8>, _ i: Int) -> Int {
        Int(bytes[bytes.startIndex + i / 8] >> UInt8(i % 8) & 1)
    }

    /// scale, 32 highest bits, 16 bytes with value i low and value i + 16 high: scale * (q - 16)
    static let q5_0 = WeightFormat(
        name: "q5_0", type: SPYRE_TYPE_Q5_0, block: 32, preparation: .int8(block: 32), halves: [0],
        draw: { random in
            bytes(Float16(Float.random(in: 0.01...0.1, using: &random)))
                + (0..<20).map { _ in UInt8.random(in: 0...255, using: &random) }
        },
        decode: { file in
            blocks(file, of: 22).flatMap { block in
                (0..<32).map { i in Element(half(block, 0) * Double(fiveBits(block.dropFirst(2), i) - 16)) }
            }
        })

    /// The same with a minimum: scale * q + minimum
    static let q5_1 = WeightFormat(
        name: "q5_1", type: SPYRE_TYPE_Q5_1, block: 32, preparation: .int8(block: 32), halves: [0, 2],
        draw: { random in
            bytes(Float16(Float.random(in: 0.01...0.1, using: &random)))
                + bytes(Float16(Float.random(in: -1...1, using: &random)))
                + (0..<20).map { _ in UInt8.random(in: 0...255, using: &random) }
        },
        decode: { file in
            blocks(file, of: 24).flatMap { block in
                let (scale, minimum) = (half(block, 0), half(block, 2))
                return (0..<32).map { i in
                    let product = scale * Double(fiveBits(block.dropFirst(4), i))
                    return Element(product + minimum, size: abs(product) + abs(minimum))
                }
            }
        })

    private static func fiveBits(_ bytes: ArraySlice<UInt8>, _ i: Int) -> Int {
        let byte = bytes[bytes.startIndex + 4 + i % 16]
        return Int(i < 16 ? byte % 16 : byte / 16) + 16 * bit(bytes, i)
    }

    /// Q4_K with 32 bytes between the scales and the nibbles, whose bit b is the highest of block b.
    static let q5_k = WeightFormat(
        name: "q5_k", type: SPYRE_TYPE_Q5_K, block: 256, preparation: .int8(block: 32), halves: [0, 2],
        draw: { random in
            bytes(Float16(Float.random(in: 0.0005...0.005, using: &random)))
                + bytes(Float16(Float.random(in: -0.005...0.005, using: &random)))
                + (0..<172).map { _ in UInt8.random(in: 0...255, using: &random) }
        },
        decode: { file in
            blocks(file, of: 176).flatMap { block in
                let bytes = Array(block)
                // What the nibbles alone stand for, and 16 times the scale for each bit.
                let low = q4_k.decode((bytes[..<16] + bytes[48...])[...])
                let scales = q4_k.decode((bytes[..<16] + [UInt8](repeating: 0x11, count: 128))[...])
                let offsets = q4_k.decode((bytes[..<16] + [UInt8](repeating: 0, count: 128))[...])
                return (0..<256).map { i in
                    let high = Double(16 * (bytes[16 + i % 32] >> UInt8(i / 32) & 1))
                    let product = (scales[i].value - offsets[i].value) * high
                    return Element(low[i].value + product, size: low[i].size + abs(product))
                }
            }
        })
}
