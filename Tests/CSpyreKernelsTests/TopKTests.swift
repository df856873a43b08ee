import CSpyreKernels
import Testing

/// The largest values of a row against a full sort.
@Suite struct TopKTests {
    static func run(_ device: Device, _ x: [Float], columns: Int, count: Int, values: Bool = true) throws
        -> (indices: [Int32], values: [Float])
    {
        let rows = x.count / columns
        let indices = try device.span([Int32](repeating: -9, count: rows * count))
        var desc = descriptor(spyre_top_k_desc.self)
        desc.count = Int32(count)
        desc.input = try Matrix(device, x, columns: columns, stride: columns + 3).span
        desc.columns = Int64(columns)
        desc.stride = Int64(columns + 3)
        desc.rows = spyre_extent_fixed(Int64(rows))
        if values { desc.values = try device.room(bytes: rows * count * 4) }
        desc.indices = indices
        try device.run(spyre_stream_top_k, desc)
        return (
            try device.read(indices, count: rows * count, as: 0),
            values ? try device.floats(desc.values, rows * count) : []
        )
    }

    @Test(arguments: Device.runnable, Device.Edge.allCases)
    func theOrderIsThatOfASort(isa: String, edge: Device.Edge) throws {
        let device = try Device(isa: isa, edge: edge)
        var random = SplitMix64(seed: 71)
        let special: [Float] = [.nan, .infinity, -.infinity, 0, -0.0, 1, 1, -1]
        for (columns, count) in [(1, 1), (2, 2), (5, 1), (64, 5), (65, 64), (300, 300), (1100, 1024), (777, 2)] {
            // Few different values make many ties.
            let x = (0..<3 * columns).map { i in
                i < columns
                    ? Float.random(in: -1...1, using: &random)
                    : special[Int.random(in: 0..<special.count, using: &random)]
            }
            let got = try Self.run(device, x, columns: columns, count: count)
            for row in 0..<3 {
                let source = Array(x[row * columns..<(row + 1) * columns])
                let expected = Oracle.topK(source, count)
                #expect(Array(got.indices[row * count..<(row + 1) * count]) == expected, "\(columns) \(count)")
                #expect(
                    got.values[row * count..<(row + 1) * count].map(\.bitPattern)
                        == expected.map { source[Int($0)].bitPattern })
            }
        }
    }

    /// Rows as long as a vocabulary: rising ones replace the kept values at every place, falling ones never.
    @Test(arguments: Device.runnable)
    func longRowsInEveryOrder(isa: String) throws {
        let device = try Device(isa: isa)
        var random = SplitMix64(seed: 72)
        let columns = 4099
        let rows: [[Float]] = [
            (0..<columns).map(Float.init), (0..<columns).map { -Float($0) }, random.floats(columns),
            [Float](repeating: -.infinity, count: columns),
            (0..<columns).map { $0 < 70 ? .nan : Float($0 % 61) },
        ]
        for count in [1, 7, 50] {
            let got = try Self.run(device, rows.flatMap(\.self), columns: columns, count: count).indices
            for (row, source) in rows.enumerated() {
                #expect(Array(got[row * count..<(row + 1) * count]) == Oracle.topK(source, count), "row \(row)")
            }
        }
    }

    @Test func argmaxTakesTheFirstOfEqualsAndNoNaN() throws {
        let device = try Device(isa: "reference")
        let x: [Float] = [.nan, 2, 7, 7, .nan, 7, -1]
        #expect(try Self.run(device, x, columns: 7, count: 1, values: false).indices == [2])
        let nothing = [Float](repeating: .nan, count: 7)
        #expect(try Self.run(device, nothing, columns: 7, count: 2, values: false).indices == [0, 1])
    }
}
