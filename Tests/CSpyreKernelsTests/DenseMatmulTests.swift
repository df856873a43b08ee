import CSpyreKernels
import Testing

/// Products with dense weights whose K takes several ranges and whose rows take several tiles and blocks.
@Suite struct DenseMatmulTests {
    @Test(arguments: Device.runnable, [SPYRE_TYPE_F32, SPYRE_TYPE_BF16])
    func aRowHasTheSameBitsInEveryNumberOfRows(isa: String, type: Int) throws {
        var random = SplitMix64(seed: 21)
        // One and a half panels, so that shares begin and end within one; an odd K past two ranges.
        let (outputs, columns, most) = (96, type == SPYRE_TYPE_F32 ? 1091 : 2117, 600)
        let weight = Weight.random(type: type, outputs: outputs, columns: columns, using: &random)
        let input = random.floats(most * columns)
        var expected: [UInt32] = []
        for threads: Int32 in [1, 2, 3] {
            let device = try Device(isa: isa, threads: threads)
            let image = try weight.image(device)
            for rows in Array(1...26) + [47, 48, 95, 96, 97, 130, 144, most] {
                // The last rows, so that a row has another place in every product.
                let x = Array(input.suffix(rows * columns))
                let bits = try MatmulTests.product(device, weight, image, x, rows: rows).map(\.bitPattern)
                if expected.isEmpty {
                    expected = try MatmulTests.product(device, weight, image, input, rows: most).map(\.bitPattern)
                }
                #expect(bits == Array(expected.suffix(rows * outputs)), "\(threads) threads, \(rows) rows")
            }
        }
    }

    @Test(arguments: Device.runnable, [SPYRE_TYPE_F32, SPYRE_TYPE_BF16])
    func severalRangesAreWithinTheBound(isa: String, type: Int) throws {
        var random = SplitMix64(seed: 22)
        for (rows, outputs, columns) in [(1, 66, 2091), (7, 33, 1091), (26, 97, 1311), (310, 34, 1100)] {
            let device = try Device(isa: isa)
            let weight = Weight.random(type: type, outputs: outputs, columns: columns, using: &random)
            let input = random.floats(rows * columns)
            let result = try MatmulTests.product(device, weight, try weight.image(device), input, rows: rows)
            for sample in 0..<60 {
                let row = sample == 0 ? rows - 1 : Int.random(in: 0..<rows, using: &random)
                let output = sample == 0 ? outputs - 1 : Int.random(in: 0..<outputs, using: &random)
                var exact = 0.0, sizes = 0.0
                for k in 0..<columns {
                    let product = weight.values[output * columns + k] * Double(input[row * columns + k])
                    exact += product
                    sizes += abs(product)
                }
                // A rounded activation is off by at most 2^-8 of itself.
                let prepared = type == SPYRE_TYPE_BF16 ? 0x1p-8 * sizes : 0
                let bound = gamma(columns + 8) * (sizes + 32 * prepared) + prepared + tiny
                #expect(abs(Double(result[row * outputs + output]) - exact) <= bound, "\(rows) rows: \(row) \(output)")
            }
        }
    }

    /// Sums that vanish below zero: how many zeros are added behind an odd K must not depend on the number of rows.
    @Test(arguments: Device.runnable, [WeightFormat.f32, .bf16])
    func aVanishingSumHasTheSameSignInEveryNumberOfRows(isa: String, format: WeightFormat) throws {
        let tiny: Float = 0x1p-80
        for columns in [1, 2, 3, 17] {
            let bits = [UInt32](repeating: (-tiny).bitPattern, count: columns)
            let bytes = bits.flatMap { word in
                format.type == SPYRE_TYPE_F32
                    ? withUnsafeBytes(of: word.littleEndian, Array.init)
                    : withUnsafeBytes(of: UInt16(word >> 16).littleEndian, Array.init)
            }
            let weight = Weight(format, outputs: 1, columns: columns, bytes: bytes)
            let device = try Device(isa: isa, threads: 2)
            var seen: Set<UInt32> = []
            for rows in [1, 2, 6, 7, 12, 13, 100, 300] {
                let input = [Float](repeating: tiny, count: rows * columns)
                let got = try MatmulCase(weight, rows: rows, input: input).run(device)
                seen.formUnion(got.joined().map(\.bitPattern))
            }
            #expect(seen.count == 1 && seen.allSatisfy { $0 & 0x7fff_ffff == 0 }, "K = \(columns)")
        }
    }

    /// A number that bfloat16 rounds to infinity leaves nothing for the second term: infinity less infinity is a NaN.
    @Test(arguments: Device.runnable)
    func twoTermsOfWhatIsNotFiniteAreOne(isa: String) throws {
        let one = Weight(.bf16, outputs: 1, columns: 1, bytes: [0x80, 0x3f])
        for x: Float in [.infinity, -.infinity, 3.3999e38, -3.3999e38] {
            for rows in [1, 20] {
                var product = MatmulCase(one, rows: rows, input: [Float](repeating: x, count: rows))
                product.terms = 2
                let got = try product.run(try Device(isa: isa, threads: 2))
                #expect(got.allSatisfy { $0 == [x < 0 ? -.infinity : .infinity] }, "\(x): \(got[0])")
            }
        }
    }
}
