import CSpyreKernels
import Testing

/// Operands that share memory: refused where an op or a launch could not keep reads and writes apart.
@Suite struct AliasTests {
    static let invalid = SPYRE_STATUS_INVALID_ARGUMENT

    /// output = a + b over two rows of eight columns.
    static func add(_ device: Device, _ a: spyre_span, _ b: spyre_span, _ output: spyre_span) throws {
        var d = descriptor(spyre_elementwise_desc.self)
        d.kind = spyre_elementwise_kind(SPYRE_ELEMENTWISE_ADD)
        (d.a, d.b, d.output) = (a, b, output)
        (d.columns, d.a_stride, d.b_stride, d.output_stride) = (8, 8, 8, 8)
        (d.rows, d.scale) = (spyre_extent_fixed(2), 1)
        try device.run(spyre_stream_elementwise, d)
    }

    /// Ops on different slots run side by side: one buffer in two of them, one written, would be a race.
    @Test func oneBufferInTwoSlotsIsRefusedWhenOneIsWritten() throws {
        let device = try Device(isa: "reference", threads: 2)
        let buffers = try (0..<3).map { _ in try device.buffer(bytes: 128) }
        try device.capture {
            try Self.add(device, spyre_span_bound(1, 0), spyre_span_bound(2, 0), spyre_span_bound(4, 64))
        } use: { program in
            func failure(_ a: Int, _ b: Int, _ output: Int) -> ABIFailure? {
                do {
                    // Slot 3 belongs to no op.
                    try device.launch(program, bindings: [buffers[a], buffers[b], buffers[output], buffers[output]])
                    return nil
                } catch {
                    return error as? ABIFailure
                }
            }
            #expect(failure(0, 1, 2) == nil)
            #expect(failure(0, 0, 2) == nil)
            // Other bytes of the buffer, but the same buffer.
            let second = failure(0, 1, 1)
            #expect(second?.status == spyre_status(Self.invalid))
            #expect(
                second?.description
                    == "launch: bindings 2 and 4 are one buffer, and the program writes to 4; bind different buffers")
            #expect(failure(0, 1, 0)?.description.contains("bindings 1 and 4") == true)
        }
        // The written slot may come first.
        try device.capture {
            try Self.add(device, spyre_span_bound(2, 0), spyre_span_bound(2, 0), spyre_span_bound(1, 0))
        } use: { program in
            let failure = #expect(throws: ABIFailure.self) {
                try device.launch(program, bindings: [buffers[0], buffers[0]])
            }
            #expect(
                failure?.description.contains("bindings 1 and 2 are one buffer, and the program writes to 1") == true)
        }
    }

    @Test func aCapturedBufferIsNotBoundWhenEitherIsWritten() throws {
        let device = try Device(isa: "reference", threads: 2)
        let buffers = try (0..<9).map { _ in try device.buffer(bytes: 128) }
        func at(_ i: Int) -> spyre_span { spyre_span_at(buffers[i], 0) }
        try device.capture {
            // 0 ... 5 are read and 6 is written, many so that the search among them is put to the test.
            for i in 0..<6 { try Self.add(device, at(i), spyre_span_bound(1, 0), at(6)) }
            try Self.add(device, at(0), at(1), spyre_span_bound(2, 0))
        } use: { program in
            func message(_ read: Int, _ written: Int) -> String {
                do {
                    try device.launch(program, bindings: [buffers[read], buffers[written]])
                    return ""
                } catch {
                    return "\(error)"
                }
            }
            for i in 0..<6 {
                #expect(message(i, 8) == "")
                #expect(message(7, i).contains("binding 2 is a buffer that the program captured"))
                #expect(message(7, i).contains("writes to the binding"))
            }
            #expect(message(6, 8).contains("binding 1 is a buffer that the program captured"))
            #expect(message(6, 8).contains("writes to the captured one"))
            #expect(message(7, 8) == "" && message(7, 7).contains("bindings 1 and 2"))
        }
    }

    @Test func whatAnOpWritesOverlapsNoOtherOperand() throws {
        let device = try Device(isa: Device.best, threads: 2)
        func refused<T>(
            _ op: Device.Op<T>, _ valid: T, _ pair: String, line: SourceLocation = #_sourceLocation,
            _ change: (inout T) -> Void
        ) {
            ErrorTests.refused(device, op, valid, Self.invalid, pair, line: line, change: change)
        }
        let matmul = try Valid.matmul(device)
        // Large enough for any operand at any of the offsets.
        let room = try device.span([UInt8](repeating: 0, count: 1 << 15))
        func at(_ offset: UInt64) -> spyre_span { spyre_span_at(room.buffer, room.offset + offset) }
        let parts: [(String, WritableKeyPath<spyre_matmul_desc, spyre_span>)] = [
            ("weight", \.weight), ("input", \.input), ("row_index", \.row_index), ("bias", \.bias),
            ("norm_weight", \.norm_weight),
        ]
        for (name, path) in parts {
            refused(spyre_stream_matmul, matmul, "matmul: output overlaps \(name); give it memory of its own") {
                $0.residual = spyre_span()
                ($0.output, $0[keyPath: path]) = (at(0), at(0))
            }
        }
        // The last byte of one in the first of the other.
        refused(spyre_stream_matmul, matmul, "output overlaps residual; it may be the same") {
            ($0.output, $0.residual) = (at(0), at(2 * 64 * 4 - 4))
        }
        refused(spyre_stream_embedding, try Valid.embedding(device), "output overlaps ids") {
            ($0.output, $0.ids) = (at(0), at(60))
        }
        let norm = try Valid.rmsNorm(device)
        refused(spyre_stream_rms_norm, norm, "output overlaps input") { $0.output = $0.input }
        refused(spyre_stream_rms_norm, norm, "sum overlaps residual") { $0.sum = $0.residual }
        refused(spyre_stream_rms_norm, norm, "sum overlaps output") { $0.sum = $0.output }
        refused(spyre_stream_rms_norm, norm, "sum overlaps input; it may be") { ($0.input, $0.sum) = (at(0), at(4)) }
        let elementwise = try Valid.elementwise(device)
        refused(spyre_stream_elementwise, elementwise, "output overlaps b") { ($0.b, $0.output) = (at(32), at(0)) }
        refused(spyre_stream_elementwise, elementwise, "output overlaps a") {
            ($0.a, $0.output, $0.a_stride) = (at(0), at(0), 9)
        }
        refused(spyre_stream_rope, try Valid.rope(device), "data overlaps table") {
            ($0.data, $0.table) = (at(0), at(0))
        }
        let write = try Valid.kvWrite(device)
        refused(spyre_stream_kv_write, write, "key cache overlaps value cache") { $0.cache.keys = $0.cache.values }
        refused(spyre_stream_kv_write, write, "key cache overlaps keys") { ($0.keys, $0.cache.keys) = (at(4), at(0)) }
        refused(spyre_stream_kv_write, write, "queries overlaps keys") { ($0.keys, $0.queries) = (at(0), at(0)) }
        refused(spyre_stream_attention, try Valid.attention(device), "output overlaps queries") {
            $0.output = $0.queries
        }
        refused(spyre_stream_softmax, try Valid.softmax(device), "output overlaps input; it may") {
            ($0.input, $0.output) = (at(0), at(32))
        }
        refused(spyre_stream_top_k, try Valid.topK(device), "values overlaps indices") { $0.values = $0.indices }
    }

    /// The slots of a capture count as buffers do: one slot is one memory, two are two.
    @Test func overlapsAreFoundAmongBindings() throws {
        let device = try Device(isa: "reference", threads: 1)
        var norm = try Valid.rmsNorm(device)
        try device.capture {
            (norm.input, norm.output) = (spyre_span_bound(1, 0), spyre_span_bound(1, 32))
            #expect(device.failure(spyre_stream_rms_norm, norm)?.description.contains("output overlaps input") == true)
            norm.output = spyre_span_bound(2, 32)
            #expect(device.failure(spyre_stream_rms_norm, norm) == nil)
        } use: { _ in
        }
    }

    /// Queries, keys and values as columns of one fused projection interleave row by row and share no byte; one
    /// column more and they do.
    @Test func columnsOfOneMatrixAreApart() throws {
        let device = try Device(isa: Device.best, threads: 2)
        var d = try Valid.kvWrite(device)
        let fused = try device.span([Float](repeating: 1, count: 2 * 64))
        func column(_ i: Int) -> spyre_span { spyre_span_at(fused.buffer, fused.offset + UInt64(i * 4)) }
        d.stride = 64
        // 32 columns of queries, 16 of keys, 16 of values, in any order.
        for (q, k, v) in [(0, 32, 48), (32, 16, 0), (16, 0, 48)] {
            (d.queries, d.keys, d.values) = (column(q), column(k), column(v))
            try device.run(spyre_stream_kv_write, d)
        }
        (d.queries, d.keys, d.values) = (column(0), column(31), column(48))
        #expect(device.failure(spyre_stream_kv_write, d)?.description.contains("queries overlaps keys") == true)
        // From behind: the last query column of one row is the first value column of the next.
        (d.queries, d.keys, d.values, d.stride) = (column(17), column(1), column(0), 48)
        #expect(device.failure(spyre_stream_kv_write, d)?.description.contains("queries overlaps values") == true)
        // And the other way round: the last key columns of one row are the first query columns of the next.
        (d.queries, d.keys, d.values) = (column(0), column(40), column(32))
        #expect(device.failure(spyre_stream_kv_write, d)?.description.contains("queries overlaps keys") == true)
        // One row has no next one.
        d.rows = spyre_extent_fixed(1)
        (d.queries, d.keys, d.values, d.stride) = (column(17), column(1), column(49), 32)
        #expect(device.failure(spyre_stream_kv_write, d) == nil)
        // Rows that are not the same distance apart meet, whatever their columns.
        var e = try Valid.elementwise(device)
        (e.a, e.output, e.a_stride, e.output_stride) = (column(0), column(8), 16, 16)
        try device.run(spyre_stream_elementwise, e)
        e.output_stride = 20
        #expect(device.failure(spyre_stream_elementwise, e)?.description.contains("output overlaps a") == true)
    }

    @Test(arguments: Device.runnable)
    func whatMayBeInPlaceIs(isa: String) throws {
        let device = try Device(isa: isa)
        var norm = try Valid.rmsNorm(device)
        norm.sum = norm.input
        try device.run(spyre_stream_rms_norm, norm)
        var softmax = try Valid.softmax(device)
        softmax.output = softmax.input
        try device.run(spyre_stream_softmax, softmax)
        #expect(try device.floats(softmax.output, 16).allSatisfy { abs($0 - 0.125) <= 1e-6 })
        for path: WritableKeyPath<spyre_elementwise_desc, spyre_span> in [\.a, \.b] {
            var elementwise = try Valid.elementwise(device)
            elementwise.output = elementwise[keyPath: path]
            try device.run(spyre_stream_elementwise, elementwise)
            #expect(try device.floats(elementwise.output, 16) == [Float](repeating: 2, count: 16))
        }
        // The residual is the output; every element is 0 + (8 ones * 0.5 + bias 1).
        var matmul = try Valid.matmul(device)
        (matmul.norm_weight, matmul.row_index) = (spyre_span(), spyre_span())
        try device.write([Float](repeating: 3, count: 128), to: matmul.output)
        try device.run(spyre_stream_matmul, matmul)
        #expect(try device.floats(matmul.output, 128) == [Float](repeating: 8, count: 128))
    }
}
