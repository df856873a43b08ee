import CSpyreKernels
import Testing

/// Activations of long rows, which are cut into pieces. Their numbers are checked with the registry.
@Suite struct ActivationTests {
    static let kinds = SPYRE_ELEMENTWISE_SCALE...SPYRE_ELEMENTWISE_RELU

    static func run(_ device: Device, _ kind: Int, columns: Int, _ x: [Float], inPlace: Bool = false) throws -> [Float]
    {
        let input = try Matrix(device, x, columns: columns, stride: columns + 2)
        let output = inPlace ? input : try Matrix(device, rows: input.rows, columns: columns, stride: columns + 1)
        var desc = descriptor(spyre_elementwise_desc.self)
        desc.kind = spyre_elementwise_kind(kind)
        (desc.a, desc.a_stride) = (input.span, Int64(input.stride))
        (desc.output, desc.output_stride) = (output.span, Int64(output.stride))
        (desc.columns, desc.rows, desc.scale) = (Int64(columns), spyre_extent_fixed(Int64(input.rows)), 0.7)
        try device.run(spyre_stream_elementwise, desc)
        return try output.read(device).flatMap(\.self)
    }

    @Test(arguments: Device.runnable)
    func theEndsAreWhatTheDefinitionTendsTo(isa: String) throws {
        let device = try Device(isa: isa)
        for kind in [SPYRE_ELEMENTWISE_GELU, SPYRE_ELEMENTWISE_GELU_TANH, SPYRE_ELEMENTWISE_RELU] {
            let y = try Self.run(device, kind, columns: 5, [-.infinity, .infinity, 0, -0.0, -1e30])
            #expect(y[0] == 0 && y[1] == .infinity && y[4] == 0)
            #expect(y[2].bitPattern == 0 && y[3].bitPattern == 1 << 31)
        }
    }

    /// A row has the same bits in any length, place and piece, and in place.
    @Test(arguments: Device.runnable, kinds)
    func aResultDependsOnItsOwnInputOnly(isa: String, kind: Int) throws {
        for edge in Device.Edge.allCases {
            let device = try Device(isa: isa, threads: 3, edge: edge)
            var random = SplitMix64(seed: 43)
            let x = random.floats(2 * 4_133).map { $0 * 9 }
            let all = try Self.run(device, kind, columns: 4_133, x)
            #expect(try Self.run(device, kind, columns: 4_133, x, inPlace: true) == all)
            for columns in Array(1...34) + [2_047, 2_048, 2_049] {
                let part = try Self.run(device, kind, columns: columns, Array(x.prefix(3 * columns)))
                #expect(part == Array(all.prefix(3 * columns)), "\(columns) columns")
            }
        }
    }
}
