import CSpyreKernels
import Foundation
import Testing

/// Host memory whose last byte lies before an inaccessible page.
final class GuardedMemory {
    private let mapping: UnsafeMutableRawPointer
    private let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let bytes: UnsafeMutableRawBufferPointer

    init(count: Int) throws {
        guard let mapping = mmap(nil, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            mapping != MAP_FAILED, count <= page, mprotect(mapping + page, page, PROT_NONE) == 0
        else { throw ABIFailure(status: 500, description: "no guarded memory") }
        self.mapping = mapping
        bytes = UnsafeMutableRawBufferPointer(start: mapping + page - count, count: count)
    }

    deinit { munmap(mapping, 2 * page) }
}

/// Callers that were compiled against an older or a newer header.
@Suite struct StructSizeTests {
    /// A smaller descriptor is one whose missing fields are zero; a larger one has to be zero past the library's end.
    static func sweep<T: BitwiseCopyable>(_ device: Device, _ op: Device.Op<T>, _ full: T) throws {
        let known = MemoryLayout<T>.size
        #expect(known % 8 == 0)
        for size in stride(from: 0, through: known + 68, by: 4) {
            let memory = try GuardedMemory(count: max(size, 4))
            var expected = full
            withUnsafeBytes(of: full) { memory.bytes.copyMemory(from: .init(rebasing: $0.prefix(max(size, 4)))) }
            memory.bytes.storeBytes(of: UInt32(size), as: UInt32.self)
            if size < known {
                withUnsafeMutableBytes(of: &expected) { bytes in
                    for i in max(size, 4)..<known { bytes[i] = 0 }
                }
            }
            func status() -> spyre_status {
                op(device.stream, memory.bytes.baseAddress?.assumingMemoryBound(to: T.self), nil)
            }
            if size == 0 || size % 8 != 0 {
                #expect(status() == SPYRE_STATUS_BAD_STRUCT_SIZE, "\(T.self) of \(size) bytes")
            } else {
                #expect(status() == op(device.stream, &expected, nil), "\(T.self) of \(size) bytes")
            }
            if size > known, size % 8 == 0 {
                memory.bytes[size - 1] = 1
                #expect(status() == SPYRE_STATUS_BAD_STRUCT_SIZE, "\(T.self) of \(size) bytes, the last one set")
            }
        }
        for size: UInt32 in [4100, 0x7fff_ffff, .max, .max - 3] {
            var copy = full
            withUnsafeMutableBytes(of: &copy) { $0.storeBytes(of: size, as: UInt32.self) }
            #expect(op(device.stream, &copy, nil) == SPYRE_STATUS_BAD_STRUCT_SIZE)
        }
    }

    @Test func everyDescriptorMayBeOlderOrNewer() throws {
        // Operands at offset 0, where a cut off offset points too.
        let device = try Device(isa: "reference", threads: 1, edge: .start)
        try Self.sweep(device, spyre_stream_matmul, try Valid.matmul(device))
        try Self.sweep(device, spyre_stream_gemm, try Valid.gemm(device))
        try Self.sweep(device, spyre_stream_embedding, try Valid.embedding(device))
        try Self.sweep(device, spyre_stream_rms_norm, try Valid.rmsNorm(device))
        try Self.sweep(device, spyre_stream_layer_norm, try Valid.layerNorm(device))
        try Self.sweep(device, spyre_stream_convert, try Valid.convert(device))
        try Self.sweep(device, spyre_stream_elementwise, try Valid.elementwise(device))
        try Self.sweep(device, spyre_stream_rope, try Valid.rope(device))
        try Self.sweep(device, spyre_stream_kv_write, try Valid.kvWrite(device))
        try Self.sweep(device, spyre_stream_attention, try Valid.attention(device))
        try Self.sweep(device, spyre_stream_softmax, try Valid.softmax(device))
        try Self.sweep(device, spyre_stream_top_k, try Valid.topK(device))
        let source = [Float](repeating: 1, count: 64)
        try source.withUnsafeBytes { bytes in
            let target = try device.room(bytes: 64 * 64 * 4)
            try Self.sweep(
                device, { spyre_stream_pack_weight($0, $1, target, $2) }, Valid.pack(bytes.baseAddress))
        }
    }

    /// The device's descriptor has grown by its flags: the first 24 bytes alone still open a device.
    @Test func theFirstDeviceDescriptorStillOpensADevice() throws {
        var desc = descriptor(spyre_device_desc.self)
        desc.struct_size = 24
        desc.threads = 3
        desc.flags = .max
        var device: OpaquePointer?
        try check { spyre_device_open(&desc, &device, $0) }
        var info = descriptor(spyre_device_info.self)
        try check { spyre_device_query(device, &info, $0) }
        #expect(info.threads == 3)
        #expect(spyre_device_close(device, nil) == SPYRE_STATUS_OK)
        desc.struct_size = 32
        #expect(spyre_device_open(&desc, &device, nil) == SPYRE_STATUS_UNSUPPORTED)
    }

    /// Information is written as far as the caller's structure goes, and not a byte further.
    @Test func informationFillsWhatTheCallerHas() throws {
        let device = try Device(isa: "reference", threads: 2)
        let known = MemoryLayout<spyre_device_info>.size
        for size in stride(from: 4, through: known + 32, by: 4) {
            let memory = try GuardedMemory(count: size)
            memory.bytes.initializeMemory(as: UInt8.self, repeating: 0xee)
            memory.bytes.storeBytes(of: UInt32(size), as: UInt32.self)
            let status = spyre_device_query(
                device.handle, memory.bytes.baseAddress?.assumingMemoryBound(to: spyre_device_info.self), nil)
            #expect(status == (size % 8 != 0 ? SPYRE_STATUS_BAD_STRUCT_SIZE : SPYRE_STATUS_OK))
            guard size % 8 == 0 else { continue }
            #expect(memory.bytes.load(as: UInt32.self) == UInt32(size))
            #expect(memory.bytes.load(fromByteOffset: 4, as: Int32.self) == 2)
            #expect(memory.bytes.dropFirst(known).allSatisfy { $0 == 0 })
        }
    }
}
