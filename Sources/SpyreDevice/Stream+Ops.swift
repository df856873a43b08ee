import CSpyreKernels

/// The ops of the ABI, each documented in `spyre/ops.h`. The descriptor's `struct_size` is filled in here.
extension Stream {
    package func matmul(_ desc: spyre_matmul_desc) throws(DeviceError) {
        try enqueue(desc, \.struct_size, spyre_stream_matmul)
    }

    package func embedding(_ desc: spyre_embedding_desc) throws(DeviceError) {
        try enqueue(desc, \.struct_size, spyre_stream_embedding)
    }

    package func rmsNorm(_ desc: spyre_rms_norm_desc) throws(DeviceError) {
        try enqueue(desc, \.struct_size, spyre_stream_rms_norm)
    }

    package func layerNorm(_ desc: spyre_layer_norm_desc) throws(DeviceError) {
        try enqueue(desc, \.struct_size, spyre_stream_layer_norm)
    }

    package func elementwise(_ desc: spyre_elementwise_desc) throws(DeviceError) {
        try enqueue(desc, \.struct_size, spyre_stream_elementwise)
    }

    package func rope(_ desc: spyre_rope_desc) throws(DeviceError) {
        try enqueue(desc, \.struct_size, spyre_stream_rope)
    }

    package func kvWrite(_ desc: spyre_kv_write_desc) throws(DeviceError) {
        try enqueue(desc, \.struct_size, spyre_stream_kv_write)
    }

    package func attention(_ desc: spyre_attention_desc) throws(DeviceError) {
        try enqueue(desc, \.struct_size, spyre_stream_attention)
    }

    /// Packs weight rows into `buffer`; the source is read before the call returns.
    package func packWeight(_ desc: spyre_weight_pack_desc, into buffer: Buffer) throws(DeviceError) {
        var desc = desc
        desc.struct_size = UInt32(MemoryLayout<spyre_weight_pack_desc>.size)
        try DeviceError.check { spyre_stream_pack_weight(handle, &desc, buffer.span(), $0) }
    }

    private func enqueue<Desc>(
        _ desc: Desc, _ size: WritableKeyPath<Desc, UInt32>,
        _ function: (OpaquePointer?, UnsafePointer<Desc>?, UnsafeMutablePointer<OpaquePointer?>?) -> spyre_status
    ) throws(DeviceError) {
        var desc = desc
        desc[keyPath: size] = UInt32(MemoryLayout<Desc>.size)
        try DeviceError.check { function(handle, &desc, $0) }
    }
}
