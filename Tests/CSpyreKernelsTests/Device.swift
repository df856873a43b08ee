import CSpyreKernels
import Foundation
import Testing

/// A failed call of the ABI, with the library's message.
struct ABIFailure: Error, CustomStringConvertible {
    let status: spyre_status
    let description: String
}

/// Runs a call of the ABI and throws what it reports.
func check(_ call: (UnsafeMutablePointer<OpaquePointer?>) -> spyre_status) throws {
    var error: OpaquePointer?
    let status = call(&error)
    defer { spyre_error_release(error) }
    guard status == SPYRE_STATUS_OK else {
        throw ABIFailure(status: status, description: String(cString: spyre_error_message(error)))
    }
}

/// A device with one stream, for tests. Its buffers lie between inaccessible pages: an access outside of an operand
/// stops the test. Releases its buffers on deinit.
final class Device {
    let handle: OpaquePointer
    let stream: OpaquePointer
    /// Where an operand lies in its buffer: against the page after it, or against the page before it.
    var edge = Edge.end
    /// Bytes between the beginning of a buffer and an operand that lies there, a multiple of 4.
    var shift = 0
    private var buffers: [OpaquePointer] = []
    private var margins: [(span: spyre_span, bytes: Int)] = []

    enum Edge: CaseIterable { case start, end }

    /// Instruction sets that this processor can run, oldest first.
    static let available: [String] = {
        var names: [String] = []
        for index in 0..<spyre_variant_count() {
            var variant = spyre_variant()
            guard spyre_variant_at(index, &variant) == SPYRE_STATUS_OK, variant.runnable == 1 else { continue }
            let name = String(cString: variant.isa)
            if !names.contains(name) { names.append(name) }
        }
        return names
    }()

    /// Instruction sets to test: the one that SPYRE_ISA names, or else all that can run.
    static let runnable: [String] = {
        guard let name = ProcessInfo.processInfo.environment["SPYRE_ISA"], !name.isEmpty else { return available }
        return [name]
    }()

    /// What a device takes when it is opened without a name.
    static var best: String { runnable.last ?? "reference" }

    init(isa: String, threads: Int32 = 2, edge: Edge = .end) throws {
        var device: OpaquePointer?
        var stream: OpaquePointer?
        try isa.withCString { name in
            var desc = spyre_device_desc()
            desc.struct_size = UInt32(MemoryLayout<spyre_device_desc>.size)
            desc.threads = threads
            desc.isa = name
            desc.flags = UInt32(SPYRE_DEVICE_GUARD)
            try check { spyre_device_open(&desc, &device, $0) }
        }
        try check { spyre_stream_create(device, &stream, $0) }
        guard let device, let stream else { throw ABIFailure(status: 500, description: "no handle") }
        handle = device
        self.stream = stream
        self.edge = edge
    }

    deinit {
        for margin in margins {
            let bytes = try? read(margin.span, count: margin.bytes, as: UInt8(0))
            if bytes?.allSatisfy({ $0 == 0xa5 }) != true { Issue.record("bytes beside an operand were written") }
        }
        for buffer in buffers { spyre_buffer_release(buffer) }
        spyre_stream_release(stream)
        if spyre_device_close(handle, nil) != SPYRE_STATUS_OK { Issue.record("the device has live objects") }
    }

    func buffer(bytes: Int) throws -> OpaquePointer {
        var buffer: OpaquePointer?
        try check { spyre_buffer_create(handle, UInt64(bytes), &buffer, $0) }
        guard let buffer else { throw ABIFailure(status: 500, description: "no buffer") }
        buffers.append(buffer)
        return buffer
    }

    /// Room for `bytes` against a guard page, with the bytes on the other side watched.
    func room(bytes: Int) throws -> spyre_span {
        // A page multiple begins where the page before it ends; any other size, in sticks, ends at the page after it.
        let unit = edge == .start ? Int(sysconf(Int32(_SC_PAGESIZE))) : Int(SPYRE_STICK_BYTES)
        let before = edge == .start ? shift : 0
        let total = max(1, (before + bytes + unit - 1) / unit) * unit
        let buffer = try buffer(bytes: total)
        let offset = edge == .start ? before : total - bytes
        try watch(buffer, from: 0, to: offset)
        try watch(buffer, from: offset + bytes, to: total)
        return spyre_span_at(buffer, UInt64(offset))
    }

    private func watch(_ buffer: OpaquePointer, from begin: Int, to end: Int) throws {
        guard begin < end else { return }
        let span = spyre_span_at(buffer, UInt64(begin))
        try check { spyre_stream_fill(stream, span, 0xa5, UInt64(end - begin), $0) }
        margins.append((span, end - begin))
    }

    /// An operand that has to lie on a stick, such as a weight image or a cache.
    func aligned<T>(_ body: () throws -> T) rethrows -> T {
        let shift = shift
        self.shift = 0
        defer { self.shift = shift }
        return try body()
    }

    func span<T>(_ values: [T]) throws -> spyre_span {
        let span = try room(bytes: values.count * MemoryLayout<T>.stride)
        try write(values, to: span)
        return span
    }

    func write<T>(_ values: [T], to span: spyre_span) throws {
        try values.withUnsafeBytes { bytes in
            try check { spyre_stream_write(stream, bytes.baseAddress, span, UInt64(bytes.count), $0) }
        }
    }

    func read<T>(_ span: spyre_span, count: Int, as zero: T) throws -> [T] {
        var values = [T](repeating: zero, count: count)
        try values.withUnsafeMutableBytes { bytes in
            try check { spyre_stream_read(stream, span, bytes.baseAddress, UInt64(bytes.count), $0) }
        }
        return values
    }

    func floats(_ span: spyre_span, _ count: Int) throws -> [Float] { try read(span, count: count, as: 0) }

    /// Records what `body` enqueues and hands the program to `use`.
    func capture(_ body: () throws -> Void, use: (OpaquePointer) throws -> Void) throws {
        try check { spyre_stream_begin_capture(stream, $0) }
        var program: OpaquePointer?
        do {
            try body()
            try check { spyre_stream_end_capture(stream, &program, $0) }
        } catch {
            _ = spyre_stream_end_capture(stream, &program, nil)
            spyre_program_release(program)
            throw error
        }
        defer { spyre_program_release(program) }
        if let program { try use(program) }
    }

    func launch(_ program: OpaquePointer, bindings: [OpaquePointer?] = [], scalars: [Int64] = []) throws {
        var bindings = bindings
        var scalars = scalars
        try check {
            spyre_stream_launch(
                stream, program, &bindings, Int32(bindings.count), &scalars, Int32(scalars.count), $0)
        }
    }

    /// A weight image of row-major `source`, packed into memory that held ones in every bit.
    func weight(
        _ source: [UInt8], type: Int, sourceType: Int, rows: Int? = nil, outputs: Int, columns: Int,
        scales: [Float] = [], first: Int = 0, group: Int = 0, stride: Int = 0, into image: spyre_span? = nil
    ) throws -> spyre_span {
        let bytes = Int(spyre_weight_bytes(spyre_type(type), Int64(outputs), Int64(columns)))
        let span = try image ?? aligned { try self.span([UInt8](repeating: 0xff, count: bytes)) }
        try source.withUnsafeBytes { raw in
            var desc = spyre_weight_pack_desc()
            desc.struct_size = UInt32(MemoryLayout<spyre_weight_pack_desc>.size)
            desc.type = spyre_type(type)
            desc.source_type = spyre_type(sourceType)
            desc.source = raw.baseAddress
            desc.rows = Int64(rows ?? outputs)
            desc.columns = Int64(columns)
            desc.outputs = Int64(outputs)
            desc.first_output = Int64(first)
            desc.group = Int64(group)
            desc.group_stride = Int64(stride)
            try scales.withUnsafeBufferPointer { scales in
                desc.scales = scales.isEmpty ? nil : scales.baseAddress
                try check { spyre_stream_pack_weight(stream, &desc, span, $0) }
            }
        }
        return span
    }
}

/// A small seeded generator, so that a failing case can be repeated (Steele et al. 2014, SplitMix64).
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
    mutating func floats(_ count: Int) -> [Float] {
        (0..<count).map { _ in Float.random(in: -1...1, using: &self) }
    }
}
