import CSpyreKernels

/// Decoders are written from the format descriptions: ggml's blocks have 32 values along K.
extension WeightFormat {
    static let f32 = WeightFormat(
        name: "f32", type: SPYRE_TYPE_F32, block: 1, preparation: .exact,
        draw: { bytes(Float.random(in: -1...1, using: &$0)) },
        decode: { words($0, as: UInt32.self).map { Element(Double(Float(bitPattern: $0))) } },
        unit: { _ in bytes(Float(1)) })

    static let bf16 = WeightFormat(
        name: "bf16", type: SPYRE_TYPE_BF16, block: 1, preparation: .bfloat16, halves: [0],
        draw: { bytes(UInt16(Float.random(in: -1...1, using: &$0).bitPattern >> 16)) },
        decode: { words($0, as: UInt16.self).map { Element(Double(Oracle.float(bfloat16: $0))) } },
        unit: { _ in bytes(Oracle.bfloat16(1)) })

    static let f16 = WeightFormat(
        name: "f16", type: SPYRE_TYPE_F16, block: 1, preparation: .exact, halves: [0],
        draw: { bytes(Float16(Float.random(in: -1...1, using: &$0))) },
        decode: { words($0, as: UInt16.self).map { Element(Double(Float16(bitPattern: $0))) } },
        unit: { _ in bytes(Float16(1)) })

    /// A signed byte; the scale is the row's.
    static let i8 = WeightFormat(
        name: "i8", type: SPYRE_TYPE_I8, block: 1, preparation: .int8(block: 1 << 20), scaledRows: true,
        draw: { [UInt8.random(in: 0...255, using: &$0)] },
        decode: { file in file.map { Element(Double(Int8(bitPattern: $0))) } })

    /// scale, 32 signed bytes: scale * q
    static let q8_0 = WeightFormat(
        name: "q8_0", type: SPYRE_TYPE_Q8_0, block: 32, preparation: .int8(block: 32), halves: [0],
        draw: { random in
            bytes(Float16(Float.random(in: 0.01...0.1, using: &random)))
                + (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
        },
        decode: { file in
            blocks(file, of: 34).flatMap { block in
                let scale = half(block, 0)
                return block.dropFirst(2).map { Element(scale * Double(Int8(bitPattern: $0))) }
            }
        },
        unit: { i in bytes(Float16(1)) + (0..<32).map { $0 == i ? 1 : 0 } })

    /// scale, 16 bytes with value i low and value i + 16 high: scale * (q - 8)
    static let q4_0 = WeightFormat(
        name: "q4_0", type: SPYRE_TYPE_Q4_0, block: 32, preparation: .int8(block: 32), halves: [0],
        draw: { random in
            bytes(Float16(Float.random(in: 0.01...0.1, using: &random)))
                + (0..<16).map { _ in UInt8.random(in: 0...255, using: &random) }
        },
        decode: { file in
            blocks(file, of: 18).flatMap { block in
                (0..<32).map { i in
                    let byte = block[block.startIndex + 2 + i % 16]
                    return Element(half(block, 0) * Double(Int(i < 16 ? byte % 16 : byte / 16) - 8))
                }
            }
        },
        unit: { i in bytes(Float16(1)) + (0..<16).map { $0 != i % 16 ? 0x88 : i < 16 ? 0x89 : 0x98 } })

    /// scale, minimum, 16 bytes with value i low and value i + 16 high: scale * q + minimum
    static let q4_1 = WeightFormat(
        name: "q4_1", type: SPYRE_TYPE_Q4_1, block: 32, preparation: .int8(block: 32), halves: [0, 2],
        draw: { random in
            bytes(Float16(Float.random(in: 0.01...0.1, using: &random)))
                + bytes(Float16(Float.random(in: -1...1, using: &random)))
                + (0..<16).map { _ in UInt8.random(in: 0...255, using: &random) }
        },
        decode: { file in
            blocks(file, of: 20).flatMap { block in
                let (scale, minimum) = (half(block, 0), half(block, 2))
                return (0..<32).map { i in
                    let byte = block[block.startIndex + 4 + i % 16]
                    let quant = scale * Double(i < 16 ? byte % 16 : byte / 16)
                    return Element(quant + minimum, size: abs(quant) + abs(minimum))
                }
            }
        },
        unit: { i in
            bytes(Float16(1)) + bytes(Float16(0)) + (0..<16).map { $0 == i % 16 ? (i < 16 ? 1 : 16) : 0 }
        })
}

extension WeightFormat {
    static func bytes<T: BitwiseCopyable>(_ value: T) -> [UInt8] { withUnsafeBytes(of: value) { Array($0) } }

    /// Little-endian words.
    static func words<T: FixedWidthInteger>(_ bytes: ArraySlice<UInt8>, as type: T.Type) -> [T] {
        blocks(bytes, of: MemoryLayout<T>.size).map { $0.reversed().reduce(0) { $0 << 8 | T($1) } }
    }

    static func blocks(_ bytes: ArraySlice<UInt8>, of size: Int) -> [ArraySlice<UInt8>] {
        stride(from: bytes.startIndex, to: bytes.endIndex, by: size).map { bytes[$0..<$0 + size] }
    }

    /// The binary16 number at `offset` of a block.
    static func half(_ block: ArraySlice<UInt8>, _ offset: Int) -> Double {
        let at = block.startIndex + offset
        return Double(Float16(bitPattern: UInt16(block[at]) | UInt16(block[at + 1]) << 8))
    }
}
