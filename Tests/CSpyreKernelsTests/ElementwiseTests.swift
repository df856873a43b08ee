import CSpyreKernels
import Testing

/// Add, scale and silu * mul, with every operand's own stride and in place.
@Suite struct ElementwiseTests {
    enum Target: CaseIterable { case apart, first, second }

    static func run(_ device: Device, kind: Int, target: Target, columns: Int, a: [Float], b: [Float], scale: Float)
        throws -> [Float]
    {
        let rows = a.count / columns
        // In place the strides have to be the same, or rows would meet other rows.
        let first = try Matrix(device, a, columns: columns, stride: columns + 2)
        let second = try Matrix(device, b, columns: columns, stride: columns + (target == .apart ? 5 : 2))
        let output =
            switch target {
            case .apart: try Matrix(device, rows: rows, columns: columns, stride: columns + 1)
            case .first: first
            case .second: second
            }
        var desc = descriptor(spyre_elementwise_desc.self)
        desc.kind = spyre_elementwise_kind(kind)
        desc.a = first.span
        desc.a_stride = Int64(first.stride)
        if kind != SPYRE_ELEMENTWISE_SCALE {
            desc.b = second.span
            desc.b_stride = Int64(second.stride)
        }
        desc.output = output.span
        desc.output_stride = Int64(output.stride)
        desc.columns = Int64(columns)
        desc.rows = spyre_extent_fixed(Int64(rows))
        desc.scale = scale
        try device.run(spyre_stream_elementwise, desc)
        return try output.read(device).flatMap(\.self)
    }

    /// Add and scale round every operation once, so they are the same bits as float arithmetic.
    @Test(arguments: Device.runnable, Target.allCases)
    func addAndScaleAreExactlyRounded(isa: String, target: Target) throws {
        let device = try Device(isa: isa)
        var random = SplitMix64(seed: 41)
        for columns in [1, 7, 16, 63, 64, 65] {
            let (a, b) = (random.floats(3 * columns), random.floats(3 * columns))
            let sum = try Self.run(
                device, kind: SPYRE_ELEMENTWISE_ADD, target: target, columns: columns, a: a, b: b, scale: 0.7)
            #expect(sum == zip(a, b).map { $0 + 0.7 * $1 })
            guard target != .second else { continue }
            let scaled = try Self.run(
                device, kind: SPYRE_ELEMENTWISE_SCALE, target: target, columns: columns, a: a, b: b, scale: 0.7)
            #expect(scaled == a.map { 0.7 * $0 })
        }
    }

    /// 3.5 ulp: 2.5 of silu, and the product half an ulp, which an error may double at a power of two.
    @Test(arguments: Device.runnable, Target.allCases)
    func siluMulIsWithinTheBound(isa: String, target: Target) throws {
        for edge in Device.Edge.allCases {
            let device = try Device(isa: isa, edge: edge)
            var random = SplitMix64(seed: 42)
            for columns in [1, 7, 8, 15, 16, 17, 63, 64, 65] {
                let gate = random.floats(3 * columns).map { $0 * 30 }
                let up = random.floats(3 * columns)
                let got = try Self.run(
                    device, kind: SPYRE_ELEMENTWISE_SILU_MUL, target: target, columns: columns, a: gate, b: up, scale: 1
                )
                for (i, value) in got.enumerated() {
                    let exact = Oracle.silu(Double(gate[i])) * Double(up[i])
                    #expect(ulps(value, exact) <= 3.5, "silu(\(gate[i])) * \(up[i])")
                }
            }
        }
    }
}
