import CSpyreKernels

/// Conversions of all values that matter and rows of every length.
extension Trial {
    func narrows(_ type: Int, _ exact: (Float) -> UInt16) throws {
        let x = ConvertTests.narrowed
        for placement in Placement.allCases {
            let device = try placement.device(isa, threads: 3)
            for count in ConvertTests.lengths(at: placement.edge) + (placement.gap == 0 ? [x.count] : []) {
                let part = Array(x.suffix(count))
                let got = try ConvertTests.run(device, part, from: SPYRE_TYPE_F32, to: type, zero: UInt16(0))
                same([got.map(Float.init)], [part.map { Float(exact($0)) }], "the last \(count) values")
            }
        }
    }

    func widens(_ type: Int, _ exact: (UInt16) -> UInt32) throws {
        let x = Array(UInt16.min...UInt16.max)
        for placement in Placement.allCases {
            let device = try placement.device(isa, threads: 3)
            for count in ConvertTests.lengths(at: placement.edge) + (placement.gap == 0 ? [x.count] : []) {
                let part = Array(x.suffix(count))
                let got = try ConvertTests.run(device, part, from: type, to: SPYRE_TYPE_F32, zero: UInt32(0))
                // As halves, which floats hold exactly.
                for shift: UInt32 in [0, 16] {
                    same(
                        [got.map { Float($0 >> shift & 0xffff) }], [part.map { Float(exact($0) >> shift & 0xffff) }],
                        "the last \(count) values")
                }
            }
        }
    }

    /// Rows of Q8_0 blocks to and fro.
    func blocks() throws {
        var random = SplitMix64(seed: 1_011)
        for placement in Placement.allCases {
            let device = try placement.device(isa, threads: 3)
            for columns in [32, 64, 96, 2_048, 4_128] {
                let x = ConvertTests.blockValues(2 * columns, using: &random)
                let count = x.count
                let expected = ConvertTests.blocks(x)
                let packed = try ConvertTests.run(
                    device, x, from: SPYRE_TYPE_F32, to: SPYRE_TYPE_Q8_0, zero: UInt8(0), rows: 2,
                    outputCount: expected.count)
                same([packed.map(Float.init)], [expected.map(Float.init)], "blocks of \(columns) columns")
                let back = try ConvertTests.run(
                    device, expected, from: SPYRE_TYPE_Q8_0, to: SPYRE_TYPE_F32, zero: Float(0), count: count, rows: 2)
                same([back], [ConvertTests.values(ofBlocks: expected)], "values of \(columns) columns")
            }
        }
    }
}
