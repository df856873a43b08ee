import CSpyreKernels
import Dispatch
import Synchronization
import Testing

/// Devices, buffers, transfers and the states in which they refuse.
@Suite struct DeviceTests {
    static let invalid = spyre_status(SPYRE_STATUS_INVALID_ARGUMENT)
    static let badState = spyre_status(SPYRE_STATUS_BAD_STATE)
    static let outOfRange = spyre_status(SPYRE_STATUS_OUT_OF_RANGE)

    @Test func nullArgumentsAreRefusedEverywhere() throws {
        let device = try Device(isa: "reference", threads: 1)
        var handle: OpaquePointer?
        #expect(spyre_device_open(nil, nil, nil) == Self.invalid)
        #expect(spyre_device_query(nil, nil, nil) == Self.invalid)
        #expect(spyre_device_query(device.handle, nil, nil) == Self.invalid)
        #expect(spyre_buffer_create(nil, 1, &handle, nil) == Self.invalid)
        #expect(spyre_buffer_create(device.handle, 1, nil, nil) == Self.invalid)
        #expect(spyre_stream_create(nil, &handle, nil) == Self.invalid)
        #expect(spyre_stream_create(device.handle, nil, nil) == Self.invalid)
        #expect(spyre_stream_synchronize(nil, nil) == Self.invalid)
        #expect(spyre_stream_write(nil, nil, spyre_span(), 0, nil) == Self.invalid)
        #expect(spyre_stream_read(nil, spyre_span(), nil, 0, nil) == Self.invalid)
        #expect(spyre_stream_copy(nil, spyre_span(), spyre_span(), 0, nil) == Self.invalid)
        #expect(spyre_stream_fill(nil, spyre_span(), 0, 0, nil) == Self.invalid)
        #expect(spyre_stream_begin_capture(nil, nil) == Self.invalid)
        #expect(spyre_stream_end_capture(nil, &handle, nil) == Self.invalid)
        #expect(spyre_stream_end_capture(device.stream, nil, nil) == Self.invalid)
        #expect(spyre_program_query(nil, nil, nil) == Self.invalid)
        #expect(spyre_stream_launch(nil, nil, nil, 0, nil, 0, nil) == Self.invalid)
        #expect(spyre_stream_launch(device.stream, nil, nil, 0, nil, 0, nil) == Self.invalid)
        #expect(spyre_stream_matmul(nil, nil, nil) == Self.invalid)
        #expect(spyre_stream_rope(device.stream, nil, nil) == Self.invalid)
        #expect(spyre_variant_at(0, nil) == Self.outOfRange)
        #expect(spyre_device_variant(nil, "exp") == nil && spyre_device_variant(device.handle, nil) == nil)
        #expect(spyre_buffer_bytes(nil) == 0)
        #expect(spyre_error_code(nil) == SPYRE_STATUS_OK && String(cString: spyre_error_message(nil)) == "")
        #expect(handle == nil)
        spyre_buffer_release(nil)
        spyre_stream_release(nil)
        spyre_program_release(nil)
        spyre_error_release(nil)
        #expect(spyre_device_close(nil, nil) == SPYRE_STATUS_OK)
    }

    @Test func everyStatusAndTypeHasAName() {
        let statuses = [0, 100, 101, 102, 104, 105, 200, 201, 301, 500]
        let names = statuses.map { String(cString: spyre_status_name(spyre_status($0))) }
        #expect(Set(names).count == names.count && !names.contains("SPYRE_STATUS_UNKNOWN"))
        #expect(String(cString: spyre_status_name(103)) == "SPYRE_STATUS_UNKNOWN")
        #expect(String(cString: spyre_type_name(spyre_type(SPYRE_TYPE_Q4_1))) == "Q4_1")
        #expect(spyre_type_name(6) == nil)
        #expect(spyre_abi_version() == UInt32(SPYRE_ABI_MAJOR) << 16 | UInt32(SPYRE_ABI_MINOR))
        #expect(spyre_variant_at(-1, nil) == Self.outOfRange)
        var variant = spyre_variant()
        #expect(spyre_variant_at(spyre_variant_count(), &variant) == Self.outOfRange)
    }

    @Test(arguments: [-1, 1025, .max, .min] as [Int32])
    func threadCountsOutOfRangeAreRefused(threads: Int32) {
        #expect(throws: ABIFailure.self) { try Device(isa: "reference", threads: threads) }
    }

    /// The limit counts live bytes: what is released may be taken again, and a refusal takes nothing.
    @Test func theMemoryLimitHolds() throws {
        var desc = descriptor(spyre_device_desc.self)
        desc.memory_limit = 1000
        var device: OpaquePointer?
        try check { spyre_device_open(&desc, &device, $0) }
        func used() -> UInt64 {
            var info = descriptor(spyre_device_info.self)
            _ = spyre_device_query(device, &info, nil)
            return info.memory_used
        }
        var first: OpaquePointer?, second: OpaquePointer?
        try check { spyre_buffer_create(device, 600, &first, $0) }
        let full = spyre_status(SPYRE_STATUS_OUT_OF_DEVICE_MEMORY)
        var error: OpaquePointer?
        #expect(spyre_buffer_create(device, 401, &second, &error) == full)
        #expect(
            String(cString: spyre_error_message(error))
                == "no device memory for 401 bytes (600 in use, limit 1000)")
        #expect(spyre_error_code(error) == full)
        spyre_error_release(error)
        #expect(second == nil && used() == 600)
        try check { spyre_buffer_create(device, 400, &second, $0) }
        #expect(used() == 1000)
        #expect(spyre_device_close(device, nil) == Self.badState)
        spyre_buffer_release(first)
        #expect(used() == 400)
        #expect(spyre_buffer_create(device, 0, &first, nil) == Self.outOfRange)
        #expect(spyre_buffer_create(device, 1 << 41, &first, nil) == Self.outOfRange)
        spyre_buffer_release(second)
        #expect(used() == 0 && spyre_device_close(device, nil) == SPYRE_STATUS_OK)
    }

    @Test func aDeviceStaysOpenWhileItsObjectsLive() throws {
        var desc = descriptor(spyre_device_desc.self)
        var device: OpaquePointer?, stream: OpaquePointer?, program: OpaquePointer?
        try check { spyre_device_open(&desc, &device, $0) }
        try check { spyre_stream_create(device, &stream, $0) }
        #expect(spyre_device_close(device, nil) == Self.badState)
        try check { spyre_stream_begin_capture(stream, $0) }
        try check { spyre_stream_end_capture(stream, &program, $0) }
        spyre_stream_release(stream)
        #expect(spyre_device_close(device, nil) == Self.badState)
        spyre_program_release(program)
        // A stream that is released in the middle of a capture takes the capture with it.
        try check { spyre_stream_create(device, &stream, $0) }
        try check { spyre_stream_begin_capture(stream, $0) }
        spyre_stream_release(stream)
        #expect(spyre_device_close(device, nil) == SPYRE_STATUS_OK)
    }

    @Test func transfersCheckTheirRanges() throws {
        let device = try Device(isa: "reference", threads: 1)
        let stranger = try Device(isa: "reference", threads: 1)
        let buffer = try device.buffer(bytes: 300)
        let foreign = spyre_span_at(try stranger.buffer(bytes: 300), 0)
        var host = [UInt8](repeating: 7, count: 300)
        let all = spyre_span_at(buffer, 0)
        // Freshly made memory is zero; odd offsets and lengths are fine for transfers.
        #expect(try device.read(all, count: 300, as: UInt8(1)) == [UInt8](repeating: 0, count: 300))
        try check { spyre_stream_write(device.stream, host, spyre_span_at(buffer, 3), 5, $0) }
        try check { spyre_stream_copy(device.stream, spyre_span_at(buffer, 3), spyre_span_at(buffer, 8), 5, $0) }
        try check { spyre_stream_fill(device.stream, spyre_span_at(buffer, 299), 9, 1, $0) }
        let expected = [0, 0, 0] + [UInt8](repeating: 7, count: 10) + [UInt8](repeating: 0, count: 286) + [9]
        #expect(try device.read(all, count: 300, as: UInt8(1)) == expected)
        for (offset, bytes) in [(0, 301), (300, 1), (1, 300), (.max, 1), (1, .max)] as [(UInt64, UInt64)] {
            let span = spyre_span_at(buffer, offset)
            #expect(spyre_stream_write(device.stream, host, span, bytes, nil) == Self.outOfRange)
            #expect(spyre_stream_read(device.stream, span, &host, bytes, nil) == Self.outOfRange)
            #expect(spyre_stream_fill(device.stream, span, 1, bytes, nil) == Self.outOfRange)
            #expect(spyre_stream_copy(device.stream, span, all, bytes, nil) == Self.outOfRange)
            #expect(spyre_stream_copy(device.stream, all, span, bytes, nil) == Self.outOfRange)
        }
        #expect(spyre_stream_copy(device.stream, all, spyre_span_at(buffer, 4), 5, nil) == Self.invalid)
        #expect(spyre_stream_copy(device.stream, all, foreign, 5, nil) == Self.invalid)
        #expect(spyre_stream_fill(device.stream, foreign, 0, 1, nil) == Self.invalid)
        #expect(spyre_stream_fill(device.stream, spyre_span_bound(1, 0), 0, 1, nil) == Self.invalid)
        #expect(spyre_stream_write(device.stream, nil, all, 1, nil) == Self.invalid)
        #expect(spyre_stream_read(device.stream, all, nil, 1, nil) == Self.invalid)
        #expect(spyre_stream_read(device.stream, all, nil, 0, nil) == SPYRE_STATUS_OK)
    }

    /// Streams of one device on threads of their own at the same time do what they do one after another.
    @Test func streamsMayRunAtTheSameTime() throws {
        let device = try Device(isa: Device.best, threads: 2)
        var random = SplitMix64(seed: 140)
        let weight = Weight.random(type: SPYRE_TYPE_Q8_0, outputs: 128, columns: 64, using: &random)
        let image = try device.weight(
            weight.bytes, type: weight.type, sourceType: weight.type, outputs: 128, columns: 64)
        let input = try device.span(random.floats(12 * 64))
        var desc = descriptor(spyre_matmul_desc.self)
        (desc.weight_type, desc.weight, desc.outputs, desc.columns) = (spyre_type(weight.type), image, 128, 64)
        (desc.rows, desc.input, desc.input_stride, desc.output_stride) = (spyre_extent_fixed(12), input, 64, 128)
        desc.scale = 1
        desc.output = try device.room(bytes: 12 * 128 * 4)
        try device.run(spyre_stream_matmul, desc)
        let expected = try device.floats(desc.output, 12 * 128)
        // Handles are pointers that the library allows on any thread.
        struct Job: @unchecked Sendable {
            let device: OpaquePointer
            let desc: spyre_matmul_desc
        }
        let job = Job(device: device.handle, desc: desc)
        let results = Mutex<[[Float]]>([])
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            var stream: OpaquePointer?, buffer: OpaquePointer?
            var (desc, got) = (job.desc, [Float](repeating: 0, count: 12 * 128))
            guard spyre_stream_create(job.device, &stream, nil) == SPYRE_STATUS_OK,
                spyre_buffer_create(job.device, UInt64(got.count * 4), &buffer, nil) == SPYRE_STATUS_OK
            else { return }
            desc.output = spyre_span_at(buffer, 0)
            for _ in 0..<20 where spyre_stream_matmul(stream, &desc, nil) != SPYRE_STATUS_OK { return }
            _ = spyre_stream_read(stream, desc.output, &got, UInt64(got.count * 4), nil)
            spyre_buffer_release(buffer)
            spyre_stream_release(stream)
            results.withLock { $0.append(got) }
        }
        #expect(results.withLock { $0 } == [[Float]](repeating: expected, count: 4))
    }

    /// Without guard pages a large buffer takes another way: zero, writable to its last byte, and counted.
    @Test func aLargeBufferIsZeroToItsEnd() throws {
        var device: OpaquePointer?, stream: OpaquePointer?, buffer: OpaquePointer?
        try check { spyre_device_open(nil, &device, $0) }
        try check { spyre_stream_create(device, &stream, $0) }
        let bytes: UInt64 = 4 << 20 | 5
        try check { spyre_buffer_create(device, bytes, &buffer, $0) }
        var last: [UInt8] = [1, 1]
        try check { spyre_stream_read(stream, spyre_span_at(buffer, bytes - 2), &last, 2, $0) }
        #expect(last == [0, 0] && spyre_buffer_bytes(buffer) == bytes)
        try check { spyre_stream_fill(stream, spyre_span_at(buffer, 0), 0xff, bytes, $0) }
        try check { spyre_stream_synchronize(stream, $0) }
        spyre_buffer_release(buffer)
        spyre_stream_release(stream)
        #expect(spyre_device_close(device, nil) == SPYRE_STATUS_OK)
    }
}
