import CSpyreKernels
import Testing

/// Softmax of rows that are no distribution. Its numbers are checked with the registry.
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
