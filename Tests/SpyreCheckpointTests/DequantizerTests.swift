import SpyreTestSupport
import Testing

@testable import SpyreCheckpoint

/// Stored elements to binary32, against blocks computed by hand and against the processor.
@Suite struct DequantizerTests {
    private func convert(_ bytes: [UInt8], _ type: ElementType, count: Int) throws -> [Float] {
        var output = [Float](repeating: .nan, count: count)
        try bytes.withUnsafeBytes { bytes in
            try output.withUnsafeMutableBufferPointer { try Dequantizer.dequantize(bytes, as: type, into: $0) }
        }
        return output
    }

    @Test func binary16ByHand() {
        let values: [(UInt16, Float)] = [
            (0x0000, 0), (0x3C00, 1), (0xBC00, -1), (0x3800, 0.5), (0x4248, 3.140625), (0x7BFF, 65504),
            (0xFBFF, -65504), (0x0400, 0x1p-14), (0x0001, 0x1p-24), (0x8001, -0x1p-24), (0x03FF, 1023 * 0x1p-24),
            (0x7C00, .infinity), (0xFC00, -.infinity),
        ]
        for (bits, value) in values { #expect(HalfPrecision.float32(binary16: bits) == value) }
        #expect(HalfPrecision.float32(binary16: 0x8000).bitPattern == 0x8000_0000)
        #expect(HalfPrecision.float32(binary16: 0x7E00).isNaN)
    }

    #if !(os(macOS) && arch(x86_64))
        @Test func binary16AgreesWithTheCompilerForAllPatterns() {
            for bits in UInt16.min...UInt16.max {
                let value = HalfPrecision.float32(binary16: bits)
                let expected = Float(Float16(bitPattern: bits))
                if expected.isNaN {
                    #expect(value.isNaN)
                } else if value.bitPattern != expected.bitPattern {
                    Issue.record("\(bits): \(value), expected \(expected)")
                }
            }
        }
    #endif

    @Test func bfloat16ByHand() {
        let values: [(UInt16, Float)] = [
            (0x0000, 0), (0x3F80, 1), (0xC000, -2), (0x4049, 3.140625), (0x7F80, .infinity), (0x0080, 0x1p-126),
            (0x0001, 0x1p-133),
        ]
        for (bits, value) in values { #expect(HalfPrecision.float32(bfloat16: bits) == value) }
    }

    @Test func float32KeepsEveryBit() throws {
        let patterns: [UInt32] = [0, 0x8000_0000, 1, 0x3F80_0000, 0x7F7F_FFFF, 0x7F80_0000, 0x7FC0_1234]
        let output = try convert(patterns.flatMap { littleEndian($0) }, .float32, count: patterns.count)
        #expect(output.map(\.bitPattern) == patterns)
    }

    /// d = 0.5; q = -128, -1, 0, 1, 127, then 5.
    @Test func q8ByHand() throws {
        let q: [Int8] = [-128, -1, 0, 1, 127] + [Int8](repeating: 5, count: 27)
        let block = littleEndian(UInt16(0x3800)) + q.map { UInt8(bitPattern: $0) }
        #expect(try convert(block, .q8_0, count: 32) == [-64, -0.5, 0, 0.5, 63.5] + [Float](repeating: 2.5, count: 27))
    }

    /// d = 2, m = -3; byte i holds i in its low nibble and 15 - i in its high nibble.
    @Test func q4WithMinimumByHand() throws {
        let nibbles = (0..<16).map { UInt8($0 | (15 - $0) << 4) }
        let block = littleEndian(UInt16(0x4000)) + littleEndian(UInt16(0xC200)) + nibbles
        let low = (0..<16).map { Float($0) * 2 - 3 }
        #expect(try convert(block, .q4_1, count: 32) == low + low.reversed())
    }

    /// d = -0.25; the same nibbles, offset by 8.
    @Test func q4ByHand() throws {
        let nibbles = (0..<16).map { UInt8($0 | (15 - $0) << 4) }
        let block = littleEndian(UInt16(0xB400)) + nibbles
        let low = (0..<16).map { Float($0 - 8) * -0.25 }
        #expect(try convert(block, .q4_0, count: 32) == low + low.reversed())
    }

    /// Two blocks with different scales, the second subnormal; the sum in q·d + m rounds once.
    @Test func q4BlocksAreIndependent() throws {
        let first = littleEndian(UInt16(0x3C00)) + littleEndian(UInt16(0)) + [UInt8](repeating: 0xFF, count: 16)
        let second = littleEndian(UInt16(0x0001)) + littleEndian(UInt16(0x3C00)) + [UInt8](repeating: 0x1F, count: 16)
        let output = try convert(first + second, .q4_1, count: 64)
        #expect(output[..<32].allSatisfy { $0 == 15 })
        #expect(output[32..<48].allSatisfy { $0 == 1 + 15 * 0x1p-24 })
        #expect(output[48...].allSatisfy { $0 == 1 + 0x1p-24 })
    }

    /// Zero, largest and smallest scales give what binary32 arithmetic on the exact values gives.
    @Test(arguments: [UInt16(0), 0x8000, 0x7BFF, 0xFBFF, 0x0001, 0x03FF, 0x0400, 0x3555])
    func extremeScales(scale: UInt16) throws {
        let d = Double(HalfPrecision.float32(binary16: scale))
        let q = (0..<32).map { Int8(truncatingIfNeeded: $0 &* 8 &- 128) }
        let output = try convert(littleEndian(scale) + q.map { UInt8(bitPattern: $0) }, .q8_0, count: 32)
        for (index, value) in output.enumerated() {
            #expect(Double(value) == Double(q[index]) * d, "exact product")
        }
    }

    @Test func refusesWrongSizes() throws {
        let cases: [(Int, ElementType, Int)] = [
            (34, .q8_0, 31), (33, .q8_0, 32), (35, .q8_0, 32), (34, .q8_0, 64), (20, .q4_0, 32), (18, .q4_1, 32),
            (3, .float32, 1), (0, .float32, 1), (4, .float32, 0), (175, .q5_K, 256), (22, .q5_1, 32), (24, .q5_0, 32),
            (143, .q4_K, 256),
            (144, .q4_K, 255), (210, .q6_K, 512), (8, .float64, 1), (4, .int32, 1),
        ]
        for (bytes, type, count) in cases {
            let error = #expect(throws: CheckpointError.self) {
                try convert([UInt8](repeating: 0, count: bytes), type, count: count)
            }
            #expect(error?.caseName == "invalidConversion")
        }
        #expect(try convert([], .q8_0, count: 0) == [])
    }

    @Test func convertsRowsOfTensors() throws {
        let directory = try TemporaryDirectory()
        let checkpoint = try Checkpoint.open(directory.write(MicroGGUF.writer().bytes, to: "model.gguf"))
        for tensor in checkpoint.tensors.values {
            let all = try checkpoint.floats(of: tensor)
            #expect(all.count == tensor.elementCount)
            let row = tensor.rowCount - 1
            let last = try checkpoint.floats(of: tensor, rows: row..<(row + 1))
            #expect(last.map(\.bitPattern) == all.suffix(tensor.columnCount).map(\.bitPattern))
            #expect(throws: CheckpointError.self) { try checkpoint.floats(of: tensor, rows: row..<(row + 2)) }
        }
    }

    /// A GGUF row and the same bytes given to the scalar function.
    @Test func readsTheBytesOfTheTensor() throws {
        let writer = MicroGGUF.writer()
        let directory = try TemporaryDirectory()
        let checkpoint = try Checkpoint.open(directory.write(writer.bytes, to: "model.gguf"))
        let tensor = try #require(checkpoint.tensors["base_model.layers.0.attn.in_proj.query.weight"])
        let expected = try convert(writer.tensors[2].data, .q4_1, count: 1024)
        #expect(try checkpoint.floats(of: tensor).map(\.bitPattern) == expected.map(\.bitPattern))
    }
}
