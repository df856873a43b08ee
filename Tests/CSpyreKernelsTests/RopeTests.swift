import CSpyreKernels
import Foundation
import Testing

/// Rotary embedding against float64.
@Suite struct RopeTests {
    static func table(positions: Int, headSize: Int) -> [Float] {
        (0..<positions).flatMap { position in
            (0..<headSize / 2).flatMap { j in
                let angle = Double(position) * pow(10000, -2 * Double(j) / Double(headSize))
                return [Float(cos(angle)), Float(sin(angle))]
            }
        }
    }

    /// Two products and a sum: gamma(2) of the sizes of the products.
    @Test(arguments: Device.runnable, [SPYRE_ROPE_INTERLEAVED, SPYRE_ROPE_HALF_SPLIT])
    func everyElementIsWithinTheBound(isa: String, layout: Int) throws {
        for edge in Device.Edge.allCases {
            let device = try Device(isa: isa, edge: edge)
            var random = SplitMix64(seed: 51)
            for (heads, headSize) in [(1, 2), (3, 16), (2, 64), (5, 30)] {
                let positions: [Int32] = [0, 5, 99, -1, 100, 42, .min, .max]
                let table = Self.table(positions: 100, headSize: headSize)
                let width = heads * headSize
                let x = random.floats(positions.count * width)
                let data = try Matrix(device, x, columns: width, stride: width + 5)
                var desc = descriptor(spyre_rope_desc.self)
                desc.layout = spyre_rope_layout(layout)
                desc.data = data.span
                desc.stride = Int64(data.stride)
                desc.heads = Int64(heads)
                desc.head_size = Int64(headSize)
                desc.positions = try device.span(positions)
                desc.table = try device.span(table)
                desc.table_positions = 100
                desc.rows = spyre_extent_fixed(Int64(positions.count))
                try device.run(spyre_stream_rope, desc)
                for (r, row) in try data.read(device).enumerated() {
                    guard (0..<100).contains(positions[r]) else {
                        #expect(row.allNaN, "position \(positions[r]) is outside the table")
                        continue
                    }
                    let angles = table[Int(positions[r]) * headSize..<(Int(positions[r]) + 1) * headSize]
                    for h in 0..<heads {
                        let start = r * width + h * headSize
                        let head = Array(x[start..<start + headSize])
                        let exact = Oracle.rotate(head, halfSplit: layout == SPYRE_ROPE_HALF_SPLIT, angles: angles)
                        for (i, exact) in exact.enumerated() {
                            let error = abs(Double(row[h * headSize + i]) - exact.value)
                            #expect(error <= gamma(2) * exact.size + tiny)
                        }
                    }
                }
            }
        }
    }
}
