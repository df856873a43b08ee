import CSpyreKernels
import Testing

/// Attention that rotates and writes new rows itself, against a KV write with rotation followed by attention.
@Suite struct AttentionWriteTests {
    static let (heads, kvHeads, size, blocks, table) = (6, 2, 32, 52, 10)

    /// Tokens that are in the cache already, and new ones.
    struct Sequence {
        var before: Int, count: Int
        /// Writes nothing, as if the new tokens were in the cache.
        var silent = false
        /// Blocks at the front that are those of another sequence, and which that is.
        var shared = 0, owner = 0
    }

    struct Step {
        var sequences: [Sequence]
        /// Rows behind those of all sequences, which write nothing.
        var padding = 0
    }

    static let steps = [
        Step(sequences: [Sequence(before: 599, count: 1)]),
        Step(
            sequences: [
                Sequence(before: 0, count: 1), Sequence(before: 63, count: 1), Sequence(before: 64, count: 1),
                Sequence(before: 500, count: 1), Sequence(before: 7, count: 0),
            ], padding: 3),
        Step(
            sequences: [
                Sequence(before: 256, count: 1), Sequence(before: 0, count: 1), Sequence(before: 511, count: 1),
                Sequence(before: 512, count: 1), Sequence(before: 1, count: 1),
            ]),
        Step(sequences: [Sequence(before: 255, count: 1, silent: true)]),
        // One row each, and those of the others read the blocks that the first one's row fills.
        Step(
            sequences: [
                Sequence(before: 319, count: 1), Sequence(before: 320, count: 1, shared: 5),
                Sequence(before: 322, count: 1, shared: 5), Sequence(before: 450, count: 1, shared: 4),
            ]),
        // The same, read before it would be written in passing.
        Step(
            sequences: [
                Sequence(before: 64, count: 1, shared: 1, owner: 1), Sequence(before: 63, count: 1),
            ]),
        Step(sequences: [Sequence(before: 0, count: 130)]),
        Step(
            sequences: [
                Sequence(before: 300, count: 1), Sequence(before: 100, count: 40), Sequence(before: 254, count: 3),
            ], padding: 2),
    ]

    struct Token {
        var sequence: Int, position: Int
    }

    struct Result: Equatable {
        var output: [Float], keys: [UInt8], values: [UInt8]
    }

    /// Runs the step after its history, as one op or as two.
    static func run(_ step: Step, isa: String, type: Int, threads: Int32, layout: Int, fused: Bool) throws -> Result {
        let device = try Device(isa: isa, threads: threads)
        let bytes = Int(spyre_kv_cache_bytes(spyre_type(type), Int64(blocks), Int64(kvHeads), Int64(size)))
        // Zeros: a thread that came too early would find them.
        let cache = spyre_kv_cache(
            keys: try device.span([UInt8](repeating: 0, count: bytes)),
            values: try device.span([UInt8](repeating: 0, count: bytes)), blocks: Int64(blocks),
            kv_heads: Int64(kvHeads), head_size: Int64(size), type: spyre_type(type), block_tokens: 0, layout: 0)
        let tables = step.sequences.enumerated().map { s, sequence in
            (0..<table).map { Int32(table * ($0 < sequence.shared ? sequence.owner : s) + table - $0) }
        }
        var random = SplitMix64(seed: 7)
        let angles = try device.span(RopeTests.table(positions: 640, headSize: size))
        let stride = (heads + 2 * kvHeads) * size

        /// New rows at `positions` of their sequences.
        func rows(_ tokens: [Token], silent: (Int) -> Bool) throws -> spyre_kv_write_desc {
            let data = try device.span(random.floats(max(1, tokens.count) * stride))
            func columns(_ column: Int) -> spyre_span {
                var span = data
                span.offset += UInt64(4 * column * size)
                return span
            }
            var desc = descriptor(spyre_kv_write_desc.self)
            desc.layout = spyre_rope_layout(layout)
            desc.cache = cache
            (desc.queries, desc.keys, desc.values) = (columns(0), columns(heads), columns(heads + kvHeads))
            desc.stride = Int64(stride)
            desc.heads = Int64(heads)
            desc.slots = try device.span(
                tokens.map { token in
                    silent(token.sequence)
                        ? -1 : tables[token.sequence][token.position / 64] * 64 + Int32(token.position % 64)
                })
            desc.positions = try device.span(tokens.map { Int32($0.position) })
            (desc.rope_table, desc.table_positions) = (angles, 640)
            desc.rows = spyre_extent_fixed(Int64(tokens.count))
            return desc
        }
        let history = step.sequences.enumerated().flatMap { s, sequence in
            (64 * sequence.shared..<sequence.before + (sequence.silent ? sequence.count : 0)).map {
                Token(sequence: s, position: $0)
            }
        }
        if !history.isEmpty { try device.run(spyre_stream_kv_write, rows(history) { _ in false }) }

        let new = step.sequences.enumerated().flatMap { s, sequence in
            (0..<sequence.count).map { Token(sequence: s, position: sequence.before + $0) }
        }
        let last = step.sequences.count
        let write = try rows(new + (0..<step.padding).map { _ in Token(sequence: last, position: 0) }) { s in
            s == last || step.sequences[s].silent
        }
        var starts: [Int32] = [0]
        for sequence in step.sequences { starts.append((starts.last ?? 0) + Int32(sequence.count)) }
        var desc = descriptor(spyre_attention_desc.self)
        desc.scale = 0.2
        desc.cache = cache
        (desc.queries, desc.query_stride) = (write.queries, write.stride)
        let output = try Matrix(device, rows: new.count + step.padding, columns: heads * size)
        (desc.output, desc.output_stride) = (output.span, Int64(output.stride))
        desc.heads = Int64(heads)
        desc.rows = write.rows
        desc.sequences = spyre_extent_fixed(Int64(step.sequences.count))
        desc.query_starts = try device.span(starts)
        desc.context_lengths = try device.span(step.sequences.map { Int32($0.before + $0.count) })
        desc.block_tables = try device.span(tables.flatMap(\.self))
        desc.maximum_blocks = Int64(table)
        if fused {
            (desc.keys, desc.values, desc.kv_stride) = (write.keys, write.values, write.stride)
            (desc.slots, desc.positions) = (write.slots, write.positions)
            (desc.rope_table, desc.table_positions) = (write.rope_table, write.table_positions)
            desc.layout = write.layout
            let count = (new.count + step.padding) * stride
            let before = try device.floats(write.queries, count)
            try device.run(spyre_stream_attention, desc)
            #expect(try device.floats(write.queries, count) == before, "operands stay as they are")
        } else {
            try device.run(spyre_stream_kv_write, write)
            try device.run(spyre_stream_attention, desc)
        }
        return Result(
            output: try output.read(device).flatMap(\.self), keys: try device.read(cache.keys, count: bytes, as: 0),
            values: try device.read(cache.values, count: bytes, as: 0))
    }

    @Test(arguments: Device.runnable, KVFormat.all.map(\.type))
    func oneOpGivesTheBitsOfTwo(isa: String, type: Int) throws {
        for (index, step) in Self.steps.enumerated() {
            let layout = index == 1 ? SPYRE_ROPE_INTERLEAVED : SPYRE_ROPE_HALF_SPLIT
            let two = try Self.run(step, isa: isa, type: type, threads: 1, layout: layout, fused: false)
            #expect(two.output.contains { $0 != Matrix.sentinel })
            for threads: Int32 in [1, 2, 3, 8] {
                for _ in 0..<3 {
                    let one = try Self.run(step, isa: isa, type: type, threads: threads, layout: layout, fused: true)
                    #expect(one == two, "\(step), \(threads) threads")
                }
            }
        }
    }

    /// A program of one row a sequence has no barrier inside; one that may have more rows has one.
    @Test func barriersInside() throws {
        let device = try Device(isa: Device.best)
        for (rows, barriers): (Int64, Int32) in [(1, 0), (2, 1)] {
            var desc = try Valid.attention(device)
            desc.rows = spyre_extent_scalar(rows, 1)
            desc.keys = try device.span([Float](repeating: 1, count: 32))
            desc.values = try device.span([Float](repeating: 1, count: 32))
            desc.kv_stride = 16
            desc.slots = try device.span([64, 65] as [Int32])
            try device.capture {
                try device.run(spyre_stream_attention, desc)
            } use: { program in
                var info = descriptor(spyre_program_info.self)
                try check { spyre_program_query(program, &info, $0) }
                #expect(info.inner_barriers == barriers)
            }
        }
    }

    @Test func whatIsMissingIsNamed() throws {
        let device = try Device(isa: Device.best)
        let valid = try Valid.attention(device)
        let rows = try device.span([Float](repeating: 1, count: 32))
        let slots = try device.span([64, 65] as [Int32])
        var desc = valid
        desc.values = rows
        #expect(device.failure(spyre_stream_attention, desc)?.description.contains("without keys") == true)
        desc = valid
        (desc.keys, desc.values, desc.kv_stride) = (rows, try device.span([Float](repeating: 1, count: 32)), 16)
        #expect(device.failure(spyre_stream_attention, desc)?.description.contains("slots") == true)
        desc.slots = slots
        desc.kv_stride = 15
        #expect(device.failure(spyre_stream_attention, desc)?.description.contains("stride") == true)
        desc.kv_stride = 16
        desc.rope_table = try device.span([Float](repeating: 1, count: 32))
        #expect(device.failure(spyre_stream_attention, desc)?.description.contains("positions") == true)
        desc.positions = slots
        desc.table_positions = 2
        desc.layout = 9
        #expect(device.failure(spyre_stream_attention, desc)?.description.contains("layout") == true)
        desc.layout = 1
        try device.run(spyre_stream_attention, desc)
    }
}
