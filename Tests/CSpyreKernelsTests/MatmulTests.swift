import CSpyreKernels
import Testing

/// What is refused, and what a product makes of rows that do not exist. Its numbers are checked with the registry.
@Suite struct MatmulTests {
    /// A plain product with an image of the weight that is already packed.
    static func product(_ device: Device, _ weight: Weight, _ image: spyre_span, _ input: [Float], rows: Int) throws
        -> [Float]
    {
        try MatmulCase(weight, rows: rows, input: input).run(device, image: image).flatMap(\.self)
    }

    @Test(arguments: Device.runnable)
    func anIndexOutsideTheInputGivesNaN(isa: String) throws {
        let device = try Device(isa: isa)
        var d = try Valid.matmul(device)
        d.row_index = try device.span([7, -1] as [Int32])
        d.residual = spyre_span()
        try device.run(spyre_stream_matmul, d)
        #expect(try device.floats(d.output, 128).allNaN)
    }

    @Test func aWrongShapeIsRefusedByName() throws {
        let device = try Device(isa: "reference")
        var desc = spyre_matmul_desc()
        desc.struct_size = UInt32(MemoryLayout<spyre_matmul_desc>.size)
        desc.weight_type = spyre_type(SPYRE_TYPE_Q4_1)
        desc.outputs = 64
        desc.columns = 33
        desc.rows = spyre_extent_fixed(1)
        let failure = #expect(throws: ABIFailure.self) {
            try check { spyre_stream_matmul(device.stream, &desc, $0) }
        }
        #expect(failure?.description == "matmul: columns must be a multiple of 32 for Q4_1, got 33")
    }
}
