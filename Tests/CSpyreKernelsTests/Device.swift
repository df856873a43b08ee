import CSpyreKernels

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

/// A device with one stream, for tests. Releases its buffers and programs on deinit.
final class Device {
    let handle: OpaquePointer
    let stream: OpaquePointer
    private var buffers: [OpaquePointer] = []

    /// Instruction sets that this processor can run.
    static let runnable: [String] = {
        var names: [String] = []
        for index in 0..<spyre_variant_count() {
            var variant = spyre_variant()
            guard spyre_variant_at(index, &variant) == SPYRE_STATUS_OK, variant.runnable == 1 else { continue }
            let name = String(cString: variant.isa)
            if !names.contains(name) { names.append(name) }
        }
        return names
    }()

    init(isa: String, threads: Int32 = 2) throws {
        var device: OpaquePointer?
        var stream: OpaquePointer?
        try isa.withCString { name in
            var desc = spyre_device_desc()
            desc.struct_size = UInt32(MemoryLayout<spyre_device_desc>.size)
            desc.threads = threads
            desc.isa = name
            try check { spyre_device_open(&desc, &device, $0) }
        }
        try check { spyre_stream_create(device, &stream, $0) }
        guard let device, let stream else { throw ABIFailure(status: 500, description: "no handle") }
        handle = device
        self.stream = stream
    }

    deinit {
        for buffer in buffers { spyre_buffer_release(buffer) }
        spyre_stream_release(stream)
        _ = spyre_device_close(handle, nil)
    }

    func buffer(bytes: Int) throws -> OpaquePointer {
        var buffer: OpaquePointer?
        try check { spyre_buffer_create(handle, UInt64(bytes), &buffer, $0) }
        guard let buffer else { throw ABIFailure(status: 500, description: "no buffer") }
        buffers.append(buffer)
        return buffer
    }

    func span<T>(_ values: [T]) throws -> spyre_span {
        let span = spyre_span_at(try buffer(bytes: values.count * MemoryLayout<T>.stride), 0)
        try values.withUnsafeBytes { bytes in
            try check { spyre_stream_write(stream, bytes.baseAddress, span, UInt64(bytes.count), $0) }
        }
        return span
    }

    func read<T>(_ span: spyre_span, count: Int, as zero: T) throws -> [T] {
        var values = [T](repeating: zero, count: count)
        try values.withUnsafeMutableBytes { bytes in
            try check { spyre_stream_read(stream, span, bytes.baseAddress, UInt64(bytes.count), $0) }
        }
        return values
    }

    /// A weight image of row-major `source`.
    func weight(_ source: [UInt8], type: Int, sourceType: Int, outputs: Int, columns: Int) throws -> spyre_span {
        let bytes = spyre_weight_bytes(spyre_type(type), Int64(outputs), Int64(columns))
        let span = spyre_span_at(try buffer(bytes: Int(bytes)), 0)
        try source.withUnsafeBytes { raw in
            var desc = spyre_weight_pack_desc()
            desc.struct_size = UInt32(MemoryLayout<spyre_weight_pack_desc>.size)
            desc.type = spyre_type(type)
            desc.source_type = spyre_type(sourceType)
            desc.source = raw.baseAddress
            desc.rows = Int64(outputs)
            desc.columns = Int64(columns)
            desc.outputs = Int64(outputs)
            try check { spyre_stream_pack_weight(stream, &desc, span, $0) }
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
