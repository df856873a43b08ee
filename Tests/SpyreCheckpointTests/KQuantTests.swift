import Testing

@testable import SpyreCheckpoint

/// Super-blocks, and blocks with five bits, of made-up bytes, against what the `gguf` Python package (0.19.0) makes of them.
@Suite struct KQuantTests {
    /// Byte i is i * i * 7 + i * 37 + 11, modulo 256, but for the binary16 scales at `scales`.
    static func bytes(_ count: Int, scales: [(offset: Int, value: Float16)]) -> [UInt8] {
        var bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * $0 * 7 + $0 * 37 + 11) }
        for (offset, value) in scales {
            bytes[offset] = UInt8(truncatingIfNeeded: value.bitPattern)
            bytes[offset + 1] = UInt8(truncatingIfNeeded: value.bitPattern >> 8)
        }
        return bytes
    }

    /// Elements 5, 21, 37 and so on.
    static func sample(_ bytes: [UInt8], _ type: ElementType) throws -> [UInt32] {
        var output = [Float](repeating: .nan, count: 512)
        try bytes.withUnsafeBytes { bytes in
            try output.withUnsafeMutableBufferPointer { try Dequantizer.dequantize(bytes, as: type, into: $0) }
        }
        return stride(from: 5, to: 512, by: 16).map { output[$0].bitPattern }
    }

    @Test func q4K() throws {
        let bytes = Self.bytes(288, scales: [(0, 0.0123), (2, 0.0456), (144, -0.5), (146, 0.25)])
        #expect(try Self.sample(bytes, .q4_K) == Self.expectedQ4K)
    }

    @Test func q6K() throws {
        let bytes = Self.bytes(420, scales: [(208, 0.00789), (418, -0.125)])
        #expect(try Self.sample(bytes, .q6_K) == Self.expectedQ6K)
    }

    @Test func q5K() throws {
        let bytes = Self.bytes(352, scales: [(0, 0.0123), (2, 0.0456), (176, -0.5), (178, 0.25)])
        #expect(try Self.sample(bytes, .q5_K) == Self.expectedQ5K)
    }

    /// Sixteen blocks, every other scale negative.
    @Test func q5() throws {
        let scales = (0..<16).map { Float16((Double($0) + 1) * ($0.isMultiple(of: 2) ? 0.0123 : -0.0123)) }
        let plain = Self.bytes(16 * 22, scales: scales.enumerated().map { (22 * $0, $1) })
        #expect(try Self.sample(plain, .q5_0) == Self.expectedQ5)
        let minima = (0..<16).map { (24 * $0 + 2, Float16(0.5 - Double($0) * 0.07)) }
        let offset = Self.bytes(16 * 24, scales: scales.enumerated().map { (24 * $0, $1) } + minima)
        #expect(try Self.sample(offset, .q5_1) == Self.expectedQ5WithMinimum)
    }

    static let expectedQ5K: [UInt32] = [
        0x3f970500, 0x3f970500, 0x4165e9c0, 0x4133bc20, 0xbf9de900, 0xbf9de900, 0x40845f00, 0x3fee4100,
        0xc01ba180, 0xbf86f300, 0x409a2900, 0x404a0f80, 0x3ffd1100, 0x415fb020, 0x3f933800, 0x40a25940,
        0xc417d000, 0xc417d000, 0xc2050000, 0xc2470000, 0xc2270000, 0xc2270000, 0xc339c000, 0xc2550000,
        0xc4044000, 0xc2b20000, 0xc327c000, 0xc30c4000, 0xc2070000, 0xc309c000, 0xc3000000, 0xc2bf0000,
    ]

    static let expectedQ5: [UInt32] = [
        0x3c498000, 0xbc498000, 0x3e62b000, 0x3e305000, 0xbecfcc00, 0x3ecfcc00, 0x3e7be000, 0xbe498000,
        0xbedc6400, 0xbf2d2a00, 0xbf8dae00, 0xbf759400, 0x3f8f4e00, 0x3f8f4e00, 0x3fa3b800, 0xbefbe000,
        0x3de2c000, 0x3ee2c000, 0xbf5c6400, 0xbf9d6c00, 0x3f2d2000, 0x3f8a8000, 0xbfcfcc00, 0x3ee2b000,
        0x3fb83800, 0x3fccb000, 0xc0255a00, 0x3eb06000, 0xbf0da800, 0x3fec1800, 0xbf172000, 0xc0305000,
    ]

    static let expectedQ5WithMinimum: [UInt32] = [
        0x3f22a200, 0x3f4b9000, 0x3eb65800, 0xbe911800, 0x3fad9b00, 0x3f313200, 0xbf250800, 0xbf97c800,
        0x3ff0ad00, 0x3f55bc00, 0xbfa04200, 0xbf74f400, 0x3f838000, 0x4019f000, 0xbe920100, 0x3c23e000,
        0x3f943600, 0x40429100, 0xbeff7800, 0xc00e2100, 0x405cec00, 0x3fc77800, 0xc044be00, 0xc03b4c00,
        0x407e9000, 0x3ff30800, 0xc06bae00, 0xbf6d3800, 0x3fc64400, 0x40a79d00, 0xbf91f000, 0xbfab2000,
    ]

    static let expectedQ4K: [UInt32] = [
        0xbfe2cb00, 0xbfe2cb00, 0x3f121000, 0x40ef0ac0, 0xbf9de900, 0xbf9de900, 0x3fb40200, 0xbf5e7200,
        0xc01ba180, 0xc01ba180, 0x4034cf00, 0x3f951900, 0x3ffd1100, 0x3ffd1100, 0xbf7d6400, 0x403bbd80,
        0xc23d0000, 0xc23d0000, 0xc2ce8000, 0xc17c0000, 0xc2a38000, 0xc2a38000, 0xc2f78000, 0xc28e8000,
        0xc23a0000, 0xc23a0000, 0xc1c20000, 0xc3826000, 0xc2d28000, 0xc2d28000, 0xc2d50000, 0xc2080000,
    ]

    static let expectedQ6K: [UInt32] = [
        0xc0fe3560, 0x418eb148, 0xc1335c10, 0x3fccfb80, 0xc10e4030, 0xbf9b8100, 0xc1a68c58, 0xc0b7c700,
        0xc138a930, 0xc0eb05e0, 0x3fccfb80, 0xc1335c10, 0xc1434370, 0x40f0d440, 0xc01f09c0, 0x41aef120,
        0x3fb00000, 0x42618000, 0x4302a000, 0xc2ffc000, 0xc1a50000, 0x437f0000, 0x42e4c000, 0x434cc000,
        0xc2974000, 0x43056000, 0x411a0000, 0xc2bdc000, 0xc3e29000, 0xc21a0000, 0x41d70000, 0xc24f0000,
    ]
}
