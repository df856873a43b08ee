import CSpyreKernels

/// A device with one stream, and the buffers made on it. All of it is released with the last reference.
final class Work {
    private let device: OpaquePointer?
    private let stream: OpaquePointer?
    private var buffers: [OpaquePointer?] = []

    init() throws(SpyreFailure) {
        var device: OpaquePointer?
        var stream: OpaquePointer?
        try SpyreFailure.check { spyre_device_open(nil, &device, $0) }
        try SpyreFailure.check { spyre_stream_create(device, &stream, $0) }
        self.device = device
        self.stream = stream
    }

    deinit {
        for buffer in buffers { spyre_buffer_release(buffer) }
        spyre_stream_release(stream)
        _ = spyre_device_close(device, nil)
    }

    func reserve(_ bytes: UInt64) throws(SpyreFailure) -> spyre_span {
        var buffer: OpaquePointer?
        try SpyreFailure.check { spyre_buffer_create(device, bytes, &buffer, $0) }
        buffers.append(buffer)
        return spyre_span_at(buffer, 0)
    }

    func upload<Value: BitwiseCopyable>(_ values: [Value]) throws(SpyreFailure) -> spyre_span {
        let bytes = UInt64(values.count * MemoryLayout<Value>.stride)
        let span = try reserve(bytes)
        try SpyreFailure.check { spyre_stream_write(stream, values, span, bytes, $0) }
        return span
    }

    func download(_ span: spyre_span, count: Int) throws(SpyreFailure) -> [Float] {
        var values = [Float](repeating: 0, count: count)
        try SpyreFailure.check { spyre_stream_read(stream, span, &values, UInt64(count * 4), $0) }
        try SpyreFailure.check { spyre_stream_synchronize(stream, $0) }
        return values
    }

    /// Packs a row-major float32 weight into a bfloat16 image.
    func pack(_ weight: [Float], outputs: Int64, columns: Int64) throws(SpyreFailure) -> spyre_span {
        let bf16 = spyre_type(SPYRE_TYPE_BF16)
        let image = try reserve(spyre_weight_bytes(bf16, outputs, columns))
        var desc = spyre_weight_pack_desc()
        desc.struct_size = UInt32(MemoryLayout<spyre_weight_pack_desc>.size)
        desc.type = bf16
        desc.source_type = spyre_type(SPYRE_TYPE_F32)
        desc.rows = outputs
        desc.outputs = outputs
        desc.columns = columns
        let result = weight.withUnsafeBytes { bytes in
            desc.source = bytes.baseAddress
            return Result { () throws(SpyreFailure) in
                try SpyreFailure.check { spyre_stream_pack_weight(stream, &desc, image, $0) }
            }
        }
        try result.get()
        return image
    }

    /// Enqueues an op with `desc`, whose size is filled in here.
    func enqueue<Desc>(
        _ desc: Desc, _ size: WritableKeyPath<Desc, UInt32>,
        _ function: (OpaquePointer?, UnsafePointer<Desc>?, UnsafeMutablePointer<OpaquePointer?>?) -> spyre_status
    ) throws(SpyreFailure) {
        var desc = desc
        desc[keyPath: size] = UInt32(MemoryLayout<Desc>.size)
        try SpyreFailure.check { function(stream, &desc, $0) }
    }
}
