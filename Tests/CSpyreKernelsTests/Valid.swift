import CSpyreKernels

/// A small descriptor of every op that runs: tests change one thing and see it refused.
enum Valid {
    static func matmul(_ device: Device) throws -> spyre_matmul_desc {
        var d = descriptor(spyre_matmul_desc.self)
        let source = [Float](repeating: 0.5, count: 64 * 8)
        d.weight_type = spyre_type(SPYRE_TYPE_F32)
        d.weight = try device.weight(
            source.withUnsafeBytes { Array($0) }, type: SPYRE_TYPE_F32, sourceType: SPYRE_TYPE_F32, outputs: 64,
            columns: 8)
        d.outputs = 64
        d.columns = 8
        d.rows = spyre_extent_fixed(2)
        d.input = try device.span([Float](repeating: 1, count: 16))
        d.input_stride = 8
        d.row_index = try device.span([Int32](repeating: 0, count: 2))
        d.input_rows = 2
        d.output = try device.room(bytes: 2 * 64 * 4)
        d.output_stride = 64
        d.bias = try device.span([Float](repeating: 1, count: 64))
        d.residual = d.output
        d.scale = 1
        d.norm_weight = try device.span([Float](repeating: 1, count: 8))
        d.norm_epsilon = 1e-5
        return d
    }

    static func gemm(_ device: Device) throws -> spyre_gemm_desc {
        var d = descriptor(spyre_gemm_desc.self)
        (d.m, d.n, d.k) = (2, 3, 4)
        (d.alpha, d.beta) = (1, 1)
        (d.lda, d.ldb, d.ldc) = (4, 3, 3)
        d.a = try device.span([Float](repeating: 1, count: 8))
        d.b = try device.span([Float](repeating: 1, count: 12))
        d.c = try device.span([Float](repeating: 1, count: 6))
        return d
    }

    static func embedding(_ device: Device) throws -> spyre_embedding_desc {
        var d = descriptor(spyre_embedding_desc.self)
        let source = [Float](repeating: 0.5, count: 3 * 8)
        d.table_type = spyre_type(SPYRE_TYPE_F32)
        d.table = try device.weight(
            source.withUnsafeBytes { Array($0) }, type: SPYRE_TYPE_F32, sourceType: SPYRE_TYPE_F32, outputs: 3,
            columns: 8)
        d.vocabulary = 3
        d.columns = 8
        d.ids = try device.span([0, 2] as [Int32])
        d.rows = spyre_extent_fixed(2)
        d.output = try device.room(bytes: 2 * 8 * 4)
        d.output_stride = 8
        d.scale = 1
        return d
    }

    static func rmsNorm(_ device: Device) throws -> spyre_rms_norm_desc {
        var d = descriptor(spyre_rms_norm_desc.self)
        d.epsilon = 1e-5
        d.input = try device.span([Float](repeating: 1, count: 16))
        d.residual = try device.span([Float](repeating: 1, count: 16))
        d.sum = try device.room(bytes: 64)
        d.weight = try device.span([Float](repeating: 1, count: 8))
        d.output = try device.room(bytes: 64)
        d.columns = 8
        d.stride = 8
        d.rows = spyre_extent_fixed(2)
        d.residual_scale = 1
        return d
    }

    static func layerNorm(_ device: Device) throws -> spyre_layer_norm_desc {
        var d = descriptor(spyre_layer_norm_desc.self)
        d.epsilon = 1e-5
        d.input = try device.span([Float](repeating: 1, count: 16))
        d.weight = try device.span([Float](repeating: 1, count: 8))
        d.bias = try device.span([Float](repeating: 1, count: 8))
        d.output = try device.room(bytes: 64)
        d.columns = 8
        d.input_stride = 8
        d.output_stride = 8
        d.rows = spyre_extent_fixed(2)
        return d
    }

    static func convert(_ device: Device) throws -> spyre_convert_desc {
        var d = descriptor(spyre_convert_desc.self)
        d.input_type = spyre_type(SPYRE_TYPE_F32)
        d.output_type = spyre_type(SPYRE_TYPE_F16)
        d.input = try device.span([Float](repeating: 1, count: 16))
        d.output = try device.room(bytes: 32)
        d.columns = 8
        d.input_stride = 8
        d.output_stride = 8
        d.rows = spyre_extent_fixed(2)
        return d
    }

    static func elementwise(_ device: Device) throws -> spyre_elementwise_desc {
        var d = descriptor(spyre_elementwise_desc.self)
        d.kind = spyre_elementwise_kind(SPYRE_ELEMENTWISE_ADD)
        d.a = try device.span([Float](repeating: 1, count: 16))
        d.b = try device.span([Float](repeating: 1, count: 16))
        d.output = try device.room(bytes: 64)
        d.columns = 8
        d.a_stride = 8
        d.b_stride = 8
        d.output_stride = 8
        d.rows = spyre_extent_fixed(2)
        d.scale = 1
        return d
    }

    static func rope(_ device: Device) throws -> spyre_rope_desc {
        var d = descriptor(spyre_rope_desc.self)
        d.layout = spyre_rope_layout(SPYRE_ROPE_HALF_SPLIT)
        d.data = try device.span([Float](repeating: 1, count: 16))
        d.stride = 8
        d.heads = 2
        d.head_size = 4
        d.positions = try device.span([0, 1] as [Int32])
        d.table = try device.span([Float](repeating: 1, count: 2 * 4))
        d.table_positions = 2
        d.rows = spyre_extent_fixed(2)
        return d
    }

    static func cache(_ device: Device) throws -> spyre_kv_cache {
        let bytes = Int(spyre_kv_cache_bytes(spyre_type(SPYRE_TYPE_F32), 2, 1, 16))
        return spyre_kv_cache(
            keys: try device.span([UInt8](repeating: 0, count: bytes)),
            values: try device.span([UInt8](repeating: 0, count: bytes)), blocks: 2, kv_heads: 1, head_size: 16,
            type: spyre_type(SPYRE_TYPE_F32), block_tokens: 0, layout: 0)
    }

    static func kvWrite(_ device: Device) throws -> spyre_kv_write_desc {
        var d = descriptor(spyre_kv_write_desc.self)
        d.layout = spyre_rope_layout(SPYRE_ROPE_HALF_SPLIT)
        d.cache = try cache(device)
        d.keys = try device.span([Float](repeating: 1, count: 64))
        d.values = try device.span([Float](repeating: 1, count: 64))
        d.stride = 32
        d.slots = try device.span([64, 65] as [Int32])
        d.rows = spyre_extent_fixed(2)
        d.queries = try device.span([Float](repeating: 1, count: 64))
        d.heads = 2
        d.positions = try device.span([0, 1] as [Int32])
        d.rope_table = try device.span([Float](repeating: 1, count: 2 * 16))
        d.table_positions = 2
        return d
    }

    static func attention(_ device: Device) throws -> spyre_attention_desc {
        var d = descriptor(spyre_attention_desc.self)
        d.scale = 0.25
        d.cache = try cache(device)
        d.queries = try device.span([Float](repeating: 1, count: 64))
        d.query_stride = 32
        d.output = try device.room(bytes: 64 * 4)
        d.output_stride = 32
        d.heads = 2
        d.rows = spyre_extent_fixed(2)
        d.sequences = spyre_extent_fixed(1)
        d.query_starts = try device.span([0, 2] as [Int32])
        d.context_lengths = try device.span([2] as [Int32])
        d.block_tables = try device.span([1] as [Int32])
        d.maximum_blocks = 1
        return d
    }

    static func softmax(_ device: Device) throws -> spyre_softmax_desc {
        var d = descriptor(spyre_softmax_desc.self)
        d.input = try device.span([Float](repeating: 1, count: 16))
        d.output = try device.room(bytes: 64)
        d.columns = 8
        d.stride = 8
        d.rows = spyre_extent_fixed(2)
        return d
    }

    static func topK(_ device: Device) throws -> spyre_top_k_desc {
        var d = descriptor(spyre_top_k_desc.self)
        d.count = 3
        d.input = try device.span([Float](repeating: 1, count: 16))
        d.columns = 8
        d.stride = 8
        d.rows = spyre_extent_fixed(2)
        d.values = try device.room(bytes: 2 * 3 * 4)
        d.indices = try device.room(bytes: 2 * 3 * 4)
        return d
    }

    /// A pack of one row of 64 columns into an image of 64 outputs.
    static func pack(_ source: UnsafeRawPointer?) -> spyre_weight_pack_desc {
        var d = descriptor(spyre_weight_pack_desc.self)
        d.type = spyre_type(SPYRE_TYPE_F32)
        d.source_type = spyre_type(SPYRE_TYPE_F32)
        d.source = source
        d.rows = 1
        d.columns = 64
        d.outputs = 64
        return d
    }
}
