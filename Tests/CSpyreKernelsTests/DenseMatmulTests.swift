import CSpyreKernels
import Testing

/// Products with dense weights whose K takes several ranges and whose rows take several tiles and blocks.
@Suite struct DenseMatmulTests {
    @Test(arguments: Device.runnable, [SPYRE_TYPE_F32, SPYRE_TYPE_BF16])
    func aRowHasTheSameBitsInEveryNumberOfRows(isa: String, type: Int) throws {
        var random = SplitMix64(seed: 21)
        // One and a half panels, so that shares begin and end within one; an odd K past two ranges.
        let (outputs, columns, most) = (96, type == SPYRE_TYPE_F32 ? 1091 : 2117, 600)
        let weight = MatmulTests.weight(type: type, outputs: outputs, columns: columns, using: &random)
        let input = random.floats(most * columns)
        var expected: [UInt32] = []
        for threads: Int32 in [1, 2, 3] {
            let device = try Device(isa: isa, threads: threads)
            let image = try device.weight(
                weight.bytes, type: type, sourceType: type, outputs: outputs, columns: columns)
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
            let weight = MatmulTests.weight(type: type, outputs: outputs, columns: columns, using: &random)
            let image = try device.weight(
                weight.bytes, type: type, sourceType: type, outputs: outputs, columns: columns)
            let input = random.floats(rows * columns)
            let result = try MatmulTests.product(device, weight, image, input, rows: rows)
            for sample in 0..<60 {
                let row = sample == 0 ? rows - 1 : Int.random(in: 0..<rows, using: &random)
                let output = sample == 0 ? outputs - 1 : Int.random(in: 0..<outputs, using: &random)
                let x = input[row * columns..<(row + 1) * columns]
                var exact = 0.0, sizes = 0.0
                for k in 0..<columns {
                    let product = weight.values[output * columns + k] * Double(x[x.startIndex + k])
                    exact += product
                    sizes += abs(product)
                }
                let prepared = MatmulTests.inputError(type, x) * sizes
                let bound = gamma(columns + 8) * (sizes + 32 * prepared) + prepared + tiny
                #expect(abs(Double(result[row * outputs + output]) - exact) <= bound, "\(rows) rows: \(row) \(output)")
            }
        }
    }
}
