import CSpyreKernels
import Foundation
import Testing

/// Capture, launch and the choice of variants.
@Suite struct ProgramTests {
    @Test(arguments: Device.runnable)
    func theDeviceUsesTheInstructionSetAskedFor(isa: String) throws {
        let device = try Device(isa: isa)
        #expect(spyre_device_variant(device.handle, "matmul_f32").map { String(cString: $0) } == isa)
        #expect(spyre_device_variant(device.handle, "no_such_kernel") == nil)
    }

    /// In a process of its own, as the environment belongs to all tests.
    @Test func theEnvironmentNamesTheInstructionSet() async {
        await #expect(processExitsWith: .success) {
            func isa(_ name: String, asked: UnsafePointer<CChar>? = nil) throws -> String {
                setenv("SPYRE_ISA", name, 1)
                var desc = descriptor(spyre_device_desc.self)
                desc.isa = asked
                var device: OpaquePointer?
                try check { spyre_device_open(&desc, &device, $0) }
                defer { _ = spyre_device_close(device, nil) }
                var info = descriptor(spyre_device_info.self)
                try check { spyre_device_query(device, &info, $0) }
                return String(cString: info.isa)
            }
            for name in Device.available {
                let chosen = try isa(name)
                #expect(chosen == name)
            }
            let best = try isa("")
            #expect(best == Device.available.last)
            // What the caller asks for counts before the environment.
            let asked = try "reference".withCString { try isa("nonsense", asked: $0) }
            #expect(asked == "reference")
            #expect(throws: ABIFailure.self) { try isa("nonsense") }
        }
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

    /// A matmul of some rows prepares them together, which takes a barrier inside it; of few or very many it does not.
    @Test func barriersInsideOpsAreCounted() throws {
        for (threads, rows, expected) in [(2, 12, 0), (2, 13, 2), (2, 95, 2), (2, 96, 0), (1, 9, 0)]
            as [(Int32, Int64, Int32)]
        {
            let device = try Device(isa: Device.best, threads: threads)
            var desc = try Valid.matmul(device)
            desc.row_index = try device.span([Int32](repeating: 0, count: Int(rows)))
            desc.output = try device.room(bytes: Int(rows) * 64 * 4)
            desc.residual = spyre_span()
            for extent in [spyre_extent_fixed(rows), spyre_extent_scalar(rows, 2)] {
                desc.rows = extent
                try device.capture {
                    try device.run(spyre_stream_matmul, desc)
                    try device.run(spyre_stream_matmul, desc)
                } use: { program in
                    var info = descriptor(spyre_program_info.self)
                    try check { spyre_program_query(program, &info, $0) }
                    #expect(info.inner_barriers == expected && info.barriers == 1, "\(threads) threads, \(rows) rows")
                }
            }
        }
    }

    static func softmax(_ device: Device, _ data: spyre_span, rows: spyre_extent) throws {
        var desc = descriptor(spyre_softmax_desc.self)
        (desc.input, desc.output, desc.columns, desc.stride, desc.rows) = (data, data, 8, 8, rows)
        try device.run(spyre_stream_softmax, desc)
    }

    @Test func aStreamThatCapturesRefusesTransfersAndLaunches() throws {
        let device = try Device(isa: "reference", threads: 1)
        let data = try device.span([Float](repeating: 1, count: 16))
        let badState = spyre_status(SPYRE_STATUS_BAD_STATE)
        var program: OpaquePointer?
        #expect(spyre_stream_end_capture(device.stream, &program, nil) == badState)
        try device.capture {
            try Self.softmax(device, data, rows: spyre_extent_fixed(2))
            var byte: UInt8 = 0
            #expect(spyre_stream_begin_capture(device.stream, nil) == badState)
            #expect(spyre_stream_write(device.stream, &byte, data, 1, nil) == badState)
            #expect(spyre_stream_read(device.stream, data, &byte, 1, nil) == badState)
            #expect(spyre_stream_fill(device.stream, data, 0, 1, nil) == badState)
            #expect(spyre_stream_copy(device.stream, data, data, 0, nil) == badState)
        } use: { program in
            // Nothing ran while it was recorded.
            #expect(try device.floats(data, 16) == [Float](repeating: 1, count: 16))
            var other: OpaquePointer?
            try device.capture {
                #expect(spyre_stream_launch(device.stream, program, nil, 0, nil, 0, nil) == badState)
            } use: {
                other = $0
            }
            #expect(other != nil)
            try device.launch(program)
            #expect(try device.floats(data, 16) == [Float](repeating: 0.125, count: 16))
            let stranger = try Device(isa: "reference", threads: 1)
            #expect(
                spyre_stream_launch(stranger.stream, program, nil, 0, nil, 0, nil)
                    == spyre_status(SPYRE_STATUS_INVALID_ARGUMENT))
        }
    }

    /// A binding is checked when it is bound: one that is missing, foreign or too small stops the launch.
    @Test func bindingsAndScalarsAreCheckedAtTheLaunch() throws {
        let device = try Device(isa: "reference", threads: 1)
        let stranger = try Device(isa: "reference", threads: 1)
        let (small, large) = (try device.buffer(bytes: 16 + 2 * 32 - 1), try device.buffer(bytes: 16 + 2 * 32))
        let foreign = try stranger.buffer(bytes: 4096)
        try device.capture {
            try Self.softmax(device, spyre_span_bound(2, 16), rows: spyre_extent_scalar(2, 3))
            // Past the end of any buffer, and past the last slot.
            for offset in [1 << 40, .max - 3] as [UInt64] {
                #expect(throws: ABIFailure.self) {
                    try Self.softmax(device, spyre_span_bound(2, offset), rows: spyre_extent_fixed(2))
                }
            }
            let failure = #expect(throws: ABIFailure.self) {
                try Self.softmax(device, spyre_span_bound(257, 0), rows: spyre_extent_fixed(2))
            }
            #expect(failure?.description == "softmax: input has binding 257 of at most 256")
        } use: { program in
            var info = descriptor(spyre_program_info.self)
            try check { spyre_program_query(program, &info, $0) }
            #expect(info.ops == 1 && info.bindings == 2 && info.scalars == 3)
            func status(_ bindings: [OpaquePointer?], _ scalars: [Int64]) -> Int {
                var (bindings, scalars) = (bindings, scalars)
                return Int(
                    spyre_stream_launch(
                        device.stream, program, &bindings, Int32(bindings.count), &scalars, Int32(scalars.count), nil))
            }
            let invalid = SPYRE_STATUS_INVALID_ARGUMENT, range = SPYRE_STATUS_OUT_OF_RANGE
            #expect(status([nil, large], [0, 0, 2]) == SPYRE_STATUS_OK)
            #expect(status([nil, large], [.max, .max, 0]) == SPYRE_STATUS_OK)
            #expect(status([nil, nil], [0, 0, 2]) == range)
            #expect(status([nil, small], [0, 0, 2]) == range)
            #expect(status([nil, foreign], [0, 0, 2]) == range)
            #expect(status([large], [0, 0, 2]) == invalid)
            #expect(status([nil, large], [0, 0]) == invalid)
            #expect(status([nil, large], [0, 0, 3]) == range)
            #expect(status([nil, large], [0, 0, -1]) == range)
            var (bindings, scalars) = ([nil, large] as [OpaquePointer?], [0, 0, 2] as [Int64])
            #expect(spyre_stream_launch(device.stream, program, nil, 2, &scalars, 3, nil) == spyre_status(invalid))
            #expect(spyre_stream_launch(device.stream, program, &bindings, 2, nil, 3, nil) == spyre_status(invalid))
        }
    }

    /// An empty program runs, and a launch of no rows writes nothing.
    @Test func nothingToDoIsDone() throws {
        let device = try Device(isa: Device.best, threads: 2)
        try device.capture({}, use: { try device.launch($0) })
        let data = try device.span([Float](repeating: 3, count: 16))
        try device.capture {
            try Self.softmax(device, data, rows: spyre_extent_scalar(2, 1))
        } use: {
            try device.launch($0, scalars: [0])
        }
        #expect(try device.floats(data, 16) == [Float](repeating: 3, count: 16))
    }
}
