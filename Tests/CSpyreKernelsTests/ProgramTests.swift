import CSpyreKernels
import Testing

/// Capture, launch and the choice of variants.
@Suite struct ProgramTests {
    @Test(arguments: Device.runnable)
    func theDeviceUsesTheInstructionSetAskedFor(isa: String) throws {
        let device = try Device(isa: isa)
        #expect(spyre_device_variant(device.handle, "matmul_f32").map { String(cString: $0) } == isa)
        #expect(spyre_device_variant(device.handle, "no_such_kernel") == nil)
    }

    @Test func anUnknownInstructionSetIsRefused() {
        let failure = #expect(throws: ABIFailure.self) { try Device(isa: "avx1024") }
        #expect(failure?.description == "unknown instruction set 'avx1024'; use reference, avx2 or avx512")
    }

    /// Two dependent norms and an independent one: one barrier, and the launch scalar limits the rows.
    @Test func aLaunchRunsTheCapturedOpsOnTheRowsGiven() throws {
        let device = try Device(isa: Device.runnable.last ?? "reference")
        let (rows, columns) = (9, 70)
        var random = SplitMix64(seed: 5)
        let input = try device.span(random.floats(rows * columns))
        let weight = try device.span([Float](repeating: 1, count: columns))
        let outputs = try (0..<3).map { _ in try device.span([Float](repeating: 7, count: rows * columns)) }
        func norm(_ source: spyre_span, _ target: spyre_span) throws {
            var desc = spyre_rms_norm_desc()
            desc.struct_size = UInt32(MemoryLayout<spyre_rms_norm_desc>.size)
            desc.input = source
            desc.weight = weight
            desc.output = target
            desc.columns = Int64(columns)
            desc.stride = Int64(columns)
            desc.rows = spyre_extent_scalar(Int64(rows), 1)
            try check { spyre_stream_rms_norm(device.stream, &desc, $0) }
        }
        try check { spyre_stream_begin_capture(device.stream, $0) }
        try norm(input, outputs[0])
        try norm(input, outputs[1])
        try norm(outputs[0], outputs[2])
        var program: OpaquePointer?
        try check { spyre_stream_end_capture(device.stream, &program, $0) }
        defer { spyre_program_release(program) }
        var info = spyre_program_info()
        info.struct_size = UInt32(MemoryLayout<spyre_program_info>.size)
        try check { spyre_program_query(program, &info, $0) }
        #expect(info.ops == 3 && info.barriers == 1 && info.scalars == 1)

        var scalars: [Int64] = [4]
        try check { spyre_stream_launch(device.stream, program, nil, 0, &scalars, 1, $0) }
        let once = try device.read(outputs[0], count: rows * columns, as: Float(0))
        let twice = try device.read(outputs[2], count: rows * columns, as: Float(0))
        #expect(once.suffix(5 * columns).allSatisfy { $0 == 7 })
        for row in 0..<4 {
            let squares = once[row * columns..<(row + 1) * columns].reduce(0.0) { $0 + Double($1) * Double($1) }
            #expect(abs(squares / Double(columns) - 1) < 1e-5)
            for i in row * columns..<(row + 1) * columns { #expect(abs(once[i] - twice[i]) <= 1e-5) }
        }
        scalars = [10]
        let failure = #expect(throws: ABIFailure.self) {
            try check { spyre_stream_launch(device.stream, program, nil, 0, &scalars, 1, $0) }
        }
        #expect(failure?.description == "launch: scalar 1 is 10, allowed is 0...9")
    }
}
