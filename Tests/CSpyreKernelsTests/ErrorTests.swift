import CSpyreKernels
import Testing

/// Every way in which a caller can be wrong has its status, and says which operand it was.
@Suite struct ErrorTests {
    /// `change` makes a valid descriptor wrong.
    static func refused<T>(
        _ device: Device, _ op: Device.Op<T>, _ valid: T, _ status: Int, _ part: String,
        line: SourceLocation = #_sourceLocation, change: (inout T) -> Void
    ) {
        var desc = valid
        change(&desc)
        let failure = device.failure(op, desc)
        #expect(failure?.status == spyre_status(status), sourceLocation: line)
        #expect(failure?.description.contains(part) == true, "\(failure?.description ?? "")", sourceLocation: line)
    }

    /// Each operand in turn: too far in, not a multiple of 4, on another device, a binding outside of a capture.
    static func operands<T>(
        _ device: Device, _ other: spyre_span, _ op: Device.Op<T>, _ valid: T,
        _ paths: [(String, WritableKeyPath<T, spyre_span>)]
    ) {
        for (name, path) in paths {
            let range = SPYRE_STATUS_OUT_OF_RANGE, invalid = SPYRE_STATUS_INVALID_ARGUMENT
            refused(device, op, valid, range, name) { $0[keyPath: path].offset = 1 << 20 }
            refused(device, op, valid, range, name) { $0[keyPath: path].offset = .max - 3 }
            refused(device, op, valid, range, name) { $0[keyPath: path].offset += 132 }
            refused(device, op, valid, invalid, "\(name) is at offset") { $0[keyPath: path].offset += 2 }
            refused(device, op, valid, invalid, "\(name) lies on another device") { $0[keyPath: path] = other }
            refused(device, op, valid, SPYRE_STATUS_BAD_STATE, "\(name) is a binding") {
                $0[keyPath: path] = spyre_span_bound(1, 0)
            }
        }
    }

    @Test func operandsOutsideOfTheirBuffersAreNamed() throws {
        let device = try Device(isa: "reference", threads: 1)
        let stranger = try Device(isa: "reference", threads: 1)
        let other = spyre_span_at(try stranger.buffer(bytes: 1 << 16), 0)
        Self.operands(
            device, other, spyre_stream_matmul, try Valid.matmul(device),
            [
                ("weight", \.weight), ("input", \.input), ("row_index", \.row_index), ("output", \.output),
                ("bias", \.bias), ("residual", \.residual), ("norm_weight", \.norm_weight),
            ])
        Self.operands(
            device, other, spyre_stream_embedding, try Valid.embedding(device),
            [("table", \.table), ("ids", \.ids), ("output", \.output)])
        Self.operands(
            device, other, spyre_stream_rms_norm, try Valid.rmsNorm(device),
            [
                ("input", \.input), ("residual", \.residual), ("sum", \.sum), ("weight", \.weight),
                ("output", \.output),
            ])
        Self.operands(
            device, other, spyre_stream_layer_norm, try Valid.layerNorm(device),
            [("input", \.input), ("weight", \.weight), ("bias", \.bias), ("output", \.output)])
        Self.operands(
            device, other, spyre_stream_convert, try Valid.convert(device),
            [("input", \.input), ("output", \.output)])
        Self.operands(
            device, other, spyre_stream_elementwise, try Valid.elementwise(device),
            [("a", \.a), ("b", \.b), ("output", \.output)])
        Self.operands(
            device, other, spyre_stream_rope, try Valid.rope(device),
            [("data", \.data), ("positions", \.positions), ("table", \.table)])
        Self.operands(
            device, other, spyre_stream_kv_write, try Valid.kvWrite(device),
            [
                ("key cache", \.cache.keys), ("value cache", \.cache.values), ("keys", \.keys), ("values", \.values),
                ("slots", \.slots), ("queries", \.queries), ("positions", \.positions), ("rope_table", \.rope_table),
            ])
        Self.operands(
            device, other, spyre_stream_attention, try Valid.attention(device),
            [
                ("key cache", \.cache.keys), ("value cache", \.cache.values), ("queries", \.queries),
                ("output", \.output), ("query_starts", \.query_starts), ("context_lengths", \.context_lengths),
                ("block_tables", \.block_tables),
            ])
        Self.operands(
            device, other, spyre_stream_softmax, try Valid.softmax(device),
            [("input", \.input), ("output", \.output)])
        Self.operands(
            device, other, spyre_stream_top_k, try Valid.topK(device),
            [("input", \.input), ("values", \.values), ("indices", \.indices)])
    }

    /// Sizes of zero, below zero and beyond all bounds: no product of them wraps round to something that fits.
    @Test(arguments: [0, -1, .min, 1 << 31, 1 << 32, 1 << 62, .max] as [Int64])
    func sizesOutOfRangeAreRefused(size: Int64) throws {
        let device = try Device(isa: "reference", threads: 1)
        func all<T>(_ op: Device.Op<T>, _ valid: T, _ paths: [WritableKeyPath<T, Int64>]) {
            for path in paths {
                var desc = valid
                desc[keyPath: path] = size
                let status = device.failure(op, desc)?.status ?? 0
                #expect((100..<150).contains(status), "\(path) = \(size) gives \(status)")
            }
        }
        all(
            spyre_stream_matmul, try Valid.matmul(device),
            [
                \.outputs, \.columns, \.rows.maximum, \.input_stride, \.input_rows, \.output_stride,
            ])
        if size != 0 { all(spyre_stream_matmul, try Valid.matmul(device), [\.result_columns]) }
        all(
            spyre_stream_embedding, try Valid.embedding(device),
            [\.vocabulary, \.columns, \.rows.maximum, \.output_stride])
        all(spyre_stream_rms_norm, try Valid.rmsNorm(device), [\.columns, \.stride, \.rows.maximum])
        all(
            spyre_stream_layer_norm, try Valid.layerNorm(device),
            [\.columns, \.input_stride, \.output_stride, \.rows.maximum])
        all(
            spyre_stream_convert, try Valid.convert(device),
            [\.columns, \.input_stride, \.output_stride, \.rows.maximum])
        all(
            spyre_stream_elementwise, try Valid.elementwise(device),
            [\.columns, \.a_stride, \.b_stride, \.output_stride, \.rows.maximum])
        all(
            spyre_stream_rope, try Valid.rope(device),
            [\.stride, \.heads, \.head_size, \.table_positions, \.rows.maximum])
        all(
            spyre_stream_kv_write, try Valid.kvWrite(device),
            [
                \.cache.blocks, \.cache.kv_heads, \.cache.head_size, \.stride, \.heads, \.table_positions,
                \.rows.maximum,
            ])
        all(
            spyre_stream_attention, try Valid.attention(device),
            [
                \.cache.blocks, \.cache.kv_heads, \.cache.head_size, \.query_stride, \.output_stride, \.heads,
                \.rows.maximum, \.sequences.maximum, \.maximum_blocks,
            ])
        all(spyre_stream_softmax, try Valid.softmax(device), [\.columns, \.stride, \.rows.maximum])
        all(spyre_stream_top_k, try Valid.topK(device), [\.columns, \.stride, \.rows.maximum])
        #expect(spyre_weight_bytes(spyre_type(SPYRE_TYPE_F32), size, 32) == 0)
        #expect(spyre_weight_bytes(spyre_type(SPYRE_TYPE_Q8_0), 64, size) == 0)
        #expect(spyre_kv_cache_bytes(spyre_type(SPYRE_TYPE_F32), size, 1, 16) == 0)
    }

    /// The largest sizes that are allowed still add up to more bytes than any buffer has.
    @Test func theLargestSizesDoNotWrapRound() throws {
        let device = try Device(isa: "reference", threads: 1)
        let range = SPYRE_STATUS_OUT_OF_RANGE, most = Int64(Int32.max)
        Self.refused(device, spyre_stream_softmax, try Valid.softmax(device), range, "input") {
            ($0.columns, $0.stride, $0.rows.maximum) = (most, most, most)
        }
        Self.refused(device, spyre_stream_rms_norm, try Valid.rmsNorm(device), range, "input") {
            ($0.columns, $0.stride, $0.rows.maximum) = (most, 1 << 31, most)
        }
        Self.refused(device, spyre_stream_matmul, try Valid.matmul(device), range, "weight") {
            ($0.columns, $0.outputs, $0.input_stride, $0.output_stride) = (most, most, 1 << 31, 1 << 31)
        }
        Self.refused(device, spyre_stream_attention, try Valid.attention(device), range, "block_tables") {
            $0.maximum_blocks = most
        }
        Self.refused(device, spyre_stream_attention, try Valid.attention(device), range, "query_starts") {
            ($0.sequences.maximum, $0.maximum_blocks) = (most, most)
        }
    }

    @Test func wrongKindsTypesAndMissingOperandsAreRefused() throws {
        let device = try Device(isa: "reference", threads: 1)
        let invalid = SPYRE_STATUS_INVALID_ARGUMENT, unsupported = SPYRE_STATUS_UNSUPPORTED
        let matmul = try Valid.matmul(device)
        for type in [SPYRE_TYPE_I32, -1, 99] {
            Self.refused(device, spyre_stream_matmul, matmul, unsupported, "weight type \(type)") {
                $0.weight_type = spyre_type(type)
            }
            Self.refused(device, spyre_stream_embedding, try Valid.embedding(device), invalid, "type \(type)") {
                $0.table_type = spyre_type(type)
            }
            // A cache may be float16, a weight may not.
            let cache = type == SPYRE_TYPE_F16 ? SPYRE_TYPE_Q8_0 : type
            Self.refused(device, spyre_stream_attention, try Valid.attention(device), unsupported, "type \(cache)") {
                $0.cache.type = spyre_type(cache)
            }
        }
        Self.refused(device, spyre_stream_matmul, matmul, invalid, "activation 2") { $0.activation = 2 }
        Self.refused(device, spyre_stream_matmul, matmul, invalid, "multiple of 64") {
            ($0.activation, $0.outputs) = (1, 63)
        }
        Self.refused(device, spyre_stream_matmul, matmul, invalid, "result columns") {
            ($0.activation, $0.result_columns) = (1, 33)
        }
        Self.refused(device, spyre_stream_matmul, matmul, invalid, "missing") { $0.weight = spyre_span() }
        Self.refused(device, spyre_stream_matmul, matmul, invalid, "missing") { $0.input = spyre_span() }
        Self.refused(device, spyre_stream_matmul, matmul, invalid, "missing") { $0.output = spyre_span() }
        let norm = try Valid.rmsNorm(device)
        Self.refused(device, spyre_stream_rms_norm, norm, invalid, "only one of") { $0.sum = spyre_span() }
        Self.refused(device, spyre_stream_rms_norm, norm, invalid, "only one of") { $0.residual = spyre_span() }
        Self.refused(device, spyre_stream_rms_norm, norm, invalid, "epsilon") { $0.epsilon = -1 }
        Self.refused(device, spyre_stream_rms_norm, norm, invalid, "epsilon") { $0.epsilon = .nan }
        let elementwise = try Valid.elementwise(device)
        Self.refused(device, spyre_stream_elementwise, elementwise, invalid, "kind 7") { $0.kind = 7 }
        Self.refused(device, spyre_stream_elementwise, elementwise, invalid, "missing") { $0.b = spyre_span() }
        for kind: Int32 in 2...6 {
            Self.refused(device, spyre_stream_elementwise, elementwise, invalid, "too many") { $0.kind = kind }
        }
        let layerNorm = try Valid.layerNorm(device)
        Self.refused(device, spyre_stream_layer_norm, layerNorm, invalid, "missing") { $0.weight = spyre_span() }
        Self.refused(device, spyre_stream_layer_norm, layerNorm, invalid, "epsilon") { $0.epsilon = -1 }
        let convert = try Valid.convert(device)
        for (from, to) in [(0, 0), (2, 1), (16, 2), (3, 0), (0, 3), (0, 17), (-1, 0), (0, 99)] as [(Int32, Int32)] {
            Self.refused(device, spyre_stream_convert, convert, unsupported, "type \(from) to type \(to)") {
                ($0.input_type, $0.output_type) = (from, to)
            }
        }
        for (columns, stride) in [(8, 32), (33, 64), (32, 33)] as [(Int64, Int64)] {
            Self.refused(device, spyre_stream_convert, convert, invalid, "blocks of 32") {
                ($0.output_type, $0.columns, $0.output_stride) = (spyre_type(SPYRE_TYPE_Q8_0), columns, stride)
                $0.input_stride = 64
            }
        }
        Self.refused(device, spyre_stream_rope, try Valid.rope(device), invalid, "layout 2") { $0.layout = 2 }
        Self.refused(device, spyre_stream_rope, try Valid.rope(device), invalid, "head size 3") { $0.head_size = 3 }
        let write = try Valid.kvWrite(device)
        Self.refused(device, spyre_stream_kv_write, write, invalid, "rotation") { $0.positions = spyre_span() }
        Self.refused(device, spyre_stream_kv_write, write, invalid, "rotation") { $0.heads = 3 }
        Self.refused(device, spyre_stream_kv_write, write, unsupported, "size 24") { $0.cache.head_size = 24 }
        Self.refused(device, spyre_stream_kv_write, write, unsupported, "size 272") { $0.cache.head_size = 272 }
        let attention = try Valid.attention(device)
        Self.refused(device, spyre_stream_attention, attention, invalid, "3 heads") {
            ($0.heads, $0.cache.kv_heads) = (3, 2)
        }
        Self.refused(device, spyre_stream_attention, attention, invalid, "missing") { $0.block_tables = spyre_span() }
        for count: Int32 in [0, -1, 9, 1025] {
            Self.refused(device, spyre_stream_top_k, try Valid.topK(device), invalid, "got \(count)") {
                $0.count = count
            }
        }
        Self.refused(device, spyre_stream_softmax, try Valid.softmax(device), invalid, "missing") {
            $0.output = spyre_span()
        }
    }

    @Test func scalarsNeedACapture() throws {
        let device = try Device(isa: "reference", threads: 1)
        let softmax = try Valid.softmax(device)
        Self.refused(device, spyre_stream_softmax, softmax, SPYRE_STATUS_BAD_STATE, "a size is a scalar") {
            $0.rows = spyre_extent_scalar(2, 1)
        }
        for scalar: Int32 in [-1, 33, .max] {
            Self.refused(device, spyre_stream_softmax, softmax, SPYRE_STATUS_INVALID_ARGUMENT, "softmax") {
                $0.rows = spyre_extent_scalar(2, scalar)
            }
        }
    }

    /// Packing: what the descriptor of one row of 64 columns must not become.
    @Test func packingChecksItsArguments() throws {
        let device = try Device(isa: "reference", threads: 1)
        let target = try device.room(bytes: 64 * 64 * 4)
        let source = [Float](repeating: 1, count: 64)
        source.withUnsafeBytes { bytes in
            func refused(
                _ status: Int, _ target: spyre_span, line: SourceLocation = #_sourceLocation,
                _ change: (inout spyre_weight_pack_desc) -> Void
            ) {
                var desc = Valid.pack(bytes.baseAddress)
                change(&desc)
                #expect(
                    spyre_stream_pack_weight(device.stream, &desc, target, nil) == spyre_status(status),
                    sourceLocation: line)
            }
            let invalid = SPYRE_STATUS_INVALID_ARGUMENT, unsupported = SPYRE_STATUS_UNSUPPORTED
            refused(SPYRE_STATUS_OK, target) { _ in }
            refused(unsupported, target) { $0.type = 2 }
            refused(unsupported, target) { $0.source_type = 3 }
            refused(unsupported, target) { $0.type = spyre_type(SPYRE_TYPE_Q8_0) }
            refused(invalid, target) { $0.columns = 0 }
            refused(invalid, target) { $0.rows = .max }
            refused(invalid, target) { ($0.source_type, $0.columns) = (spyre_type(SPYRE_TYPE_Q4_1), 33) }
            refused(invalid, target) { ($0.source_type, $0.columns) = (spyre_type(SPYRE_TYPE_Q4_K), 32) }
            refused(invalid, target) { $0.source_type = spyre_type(SPYRE_TYPE_I8) }
            refused(invalid, target) { $0.source = nil }
            refused(invalid, spyre_span()) { _ in }
            refused(invalid, spyre_span_bound(1, 0)) { _ in }
            refused(invalid, spyre_span_at(target.buffer, target.offset + 4)) { _ in }
            refused(SPYRE_STATUS_OUT_OF_RANGE, spyre_span_at(target.buffer, target.offset + 128)) { _ in }
            refused(SPYRE_STATUS_OUT_OF_RANGE, target) { $0.outputs = 65 }
            #expect(spyre_stream_pack_weight(nil, nil, target, nil) == invalid)
            #expect(spyre_stream_pack_weight(device.stream, nil, target, nil) == invalid)
        }
    }
}
