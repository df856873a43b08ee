import CSpyreKernels
import Testing

/// Softmax against float64.
@Suite struct SoftmaxTests {
    static func run(_ device: Device, _ x: [Float], columns: Int, stride: Int, inPlace: Bool) throws -> [[Float]] {
        let input = try Matrix(device, x, columns: columns, stride: stride)
        let output = inPlace ? input : try Matrix(device, rows: x.count / columns, columns: columns, stride: stride)
        var desc = descriptor(spyre_softmax_desc.self)
        desc.input = input.span
        desc.output = output.span
        desc.columns = Int64(columns)
        desc.stride = Int64(stride)
        desc.rows = spyre_extent_fixed(Int64(x.count / columns))
        try device.run(spyre_stream_softmax, desc)
        return try output.read(device)
    }

    /// The difference to the maximum rounds once, which exp magnifies by that difference; exp is within 2 ulp; the sum
    /// of n terms, each with those errors, and the quotient follow.
    @Test(arguments: Device.runnable, [false, true])
    func everyElementIsWithinTheBound(isa: String, inPlace: Bool) throws {
        for edge in Device.Edge.allCases {
            let device = try Device(isa: isa, edge: edge)
            var random = SplitMix64(seed: 61)
            for columns in [1, 2, 7, 8, 9, 15, 16, 17, 63, 64, 65, 515] {
                for spread: Float in [1, 40, 200] {
                    let x = random.floats(3 * columns).map { $0 * spread }
                    let rows = try Self.run(device, x, columns: columns, stride: columns + 1, inPlace: inPlace)
                    for (r, row) in rows.enumerated() {
                        let source = Array(x[r * columns..<(r + 1) * columns])
                        let worst = 2 * Double(spread)
                        let bound = 2 * (worst * unitRoundoff + 4 * unitRoundoff) + gamma(columns + 2)
                        for (got, exact) in zip(row, Oracle.softmax(source)) {
                            // A power below the normal range has an absolute error instead.
                            #expect(abs(Double(got) - exact) <= bound * exact + 3 * tiny, "\(columns) columns")
                        }
                    }
                }
            }
        }
    }

    @Test(arguments: Device.runnable)
    func valuesThatAreNotFinite(isa: String) throws {
        let device = try Device(isa: isa)
        let low = -Float.infinity
        for columns in [3, 16, 21] {
            var masked = [Float](repeating: low, count: columns)
            masked[columns - 1] = 3
            masked[0] = 3
            let half = try Self.run(device, masked, columns: columns, stride: columns, inPlace: false)[0]
            #expect(half == masked.map { $0 == 3 ? 0.5 : 0 })
            let nothing = [Float](repeating: low, count: columns)
            let empty = try Self.run(device, nothing, columns: columns, stride: columns, inPlace: true)[0]
            #expect(empty.allNaN)
            masked[1] = .nan
            let spoilt = try Self.run(device, masked, columns: columns, stride: columns, inPlace: true)[0]
            #expect(spoilt.allNaN)
        }
    }
}
