import Testing

@testable import SpyreCheckpoint

/// Super-blocks of made-up bytes, against what the `gguf` Python package (0.19.0) makes of them.
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
