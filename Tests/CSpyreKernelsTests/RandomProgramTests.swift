import CSpyreKernels
import Testing

/// Random op lists over a few buffers that they share in overlapping windows of rows: captured and launched on any
/// number of threads they give the bits of running op by op on one thread, with exactly the barriers that the overlaps
/// call for.
@Suite struct RandomProgramTests {
    static let (width, rows, pages) = (64, 9, 4)

    /// Rows `first ..< first + count` of page `page`.
    struct Window: Equatable {
        var page: Int, first: Int, count: Int
        func overlaps(_ other: Window) -> Bool {
            page == other.page && first < other.first + other.count && other.first < first + count
        }
    }

    /// One op: what it touches, and how to enqueue it.
    struct Step {
        var reads: [Window] = []
        var writes: [Window] = []
        /// Two ops that use scratch never run side by side.
        var scratch = false
        var emit: (World, (Int) -> spyre_extent) throws -> Void
    }

    /// The memory that a list of ops works on.
    final class World {
        let device: Device
        var pages: [spyre_span] = []
        let ids: spyre_span, positions: spyre_span, slots: spyre_span, table: spyre_span
        let norm: spyre_span, starts: spyre_span, contexts: spyre_span, blocks: spyre_span
        var weights: [Int: spyre_span] = [:]
        let cache: spyre_kv_cache
        /// Pages that a capture names by binding.
        var bound: Set<Int> = []
        /// Whether a span may carry the number of a binding beside its buffer, which counts for nothing.
        var strayBindings = false

        init(threads: Int32) throws {
            device = try Device(isa: Device.best, threads: threads)
            var random = SplitMix64(seed: 120)
            let (rows, width) = (RandomProgramTests.rows, RandomProgramTests.width)
            for _ in 0..<RandomProgramTests.pages {
                pages.append(spyre_span_at(try device.buffer(bytes: rows * width * 4), 0))
            }
            ids = try device.span([Int32](repeating: 0, count: rows))
            positions = try device.span((0..<Int32(rows)).map { $0 })
            slots = try device.span((0..<Int32(rows)).map { 64 + $0 })
            table = try device.span(RopeTests.table(positions: rows, headSize: 16))
            norm = try device.span(random.floats(width))
            starts = try device.span([0, Int32(rows)])
            contexts = try device.span([Int32(rows)])
            blocks = try device.span([1 as Int32])
            let bytes = Int(spyre_kv_cache_bytes(spyre_type(SPYRE_TYPE_F32), 2, 4, 16))
            cache = spyre_kv_cache(
                keys: spyre_span_at(try device.buffer(bytes: bytes), 0),
                values: spyre_span_at(try device.buffer(bytes: bytes), 0), blocks: 2, kv_heads: 4, head_size: 16,
                type: spyre_type(SPYRE_TYPE_F32), block_tokens: 0, layout: 0)
            for type in [SPYRE_TYPE_F32, SPYRE_TYPE_BF16, SPYRE_TYPE_Q8_0] {
                let weight = Weight.random(type: type, outputs: width, columns: width, using: &random)
                weights[type] = try device.weight(
                    weight.bytes, type: type, sourceType: type, outputs: width, columns: width)
            }
        }

        func reset(_ contents: [[Float]]) throws {
            for (page, values) in zip(pages, contents) { try device.write(values, to: page) }
            try device.write([Int32](repeating: 0, count: RandomProgramTests.rows), to: ids)
            for span in [cache.keys, cache.values] {
                try check { spyre_stream_fill(device.stream, span, 0, spyre_buffer_bytes(span.buffer), $0) }
            }
        }

        func span(_ window: Window) -> spyre_span {
            let offset = UInt64(window.first * RandomProgramTests.width * 4)
            if bound.contains(window.page) { return spyre_span_bound(UInt32(window.page + 1), offset) }
            var span = spyre_span_at(pages[window.page].buffer, offset)
            if strayBindings { span.binding = UInt32(1 + window.first) }
            return span
        }

        func contents() throws -> [[UInt32]] {
            try pages.map { page in
                try device.read(page, count: RandomProgramTests.rows * RandomProgramTests.width, as: UInt32(0))
            }
        }
    }

    /// Windows outside of the pages, for what ops share besides them.
    static let ids = Window(page: 100, first: 0, count: 1), cache = Window(page: 101, first: 0, count: 1)

    static func window(_ count: Int, apartFrom others: [Window], using random: inout SplitMix64) -> Window {
        while true {
            let window = Window(
                page: .random(in: 0..<pages, using: &random), first: .random(in: 0...rows - count, using: &random),
                count: count)
            if !others.contains(where: { $0.overlaps(window) }) { return window }
        }
    }

    static func step(using random: inout SplitMix64) -> Step {
        let count = Int.random(in: 1...4, using: &random)
        let a = window(count, apartFrom: [], using: &random)
        let b = window(count, apartFrom: [a], using: &random)
        let c = window(count, apartFrom: [a, b], using: &random)
        let (columns, stride) = (Int64(width), Int64(width))
        switch Int.random(in: 0..<10, using: &random) {
        case 0, 1:
            let residual = Bool.random(using: &random)
            return Step(reads: residual ? [a, b] : [a], writes: residual ? [a, c] : [c]) { world, size in
                var d = descriptor(spyre_rms_norm_desc.self)
                d.epsilon = 1e-5
                d.input = world.span(a)
                if residual {
                    d.residual = world.span(b)
                    d.sum = world.span(a)
                    d.residual_scale = 0.5
                }
                d.weight = world.norm
                d.output = world.span(c)
                (d.columns, d.stride, d.rows) = (columns, stride, size(count))
                try world.device.run(spyre_stream_rms_norm, d)
            }
        case 2, 3:
            let kind = Int.random(in: 0...2, using: &random)
            let target = [a, b, c].randomElement(using: &random) ?? c
            let output = kind == SPYRE_ELEMENTWISE_SCALE && target == b ? a : target
            return Step(reads: kind == SPYRE_ELEMENTWISE_SCALE ? [a] : [a, b], writes: [output]) { world, size in
                var d = descriptor(spyre_elementwise_desc.self)
                d.kind = spyre_elementwise_kind(kind)
                d.a = world.span(a)
                if kind != SPYRE_ELEMENTWISE_SCALE { d.b = world.span(b) }
                d.output = world.span(output)
                (d.columns, d.a_stride, d.b_stride, d.output_stride) = (columns, stride, stride, stride)
                (d.rows, d.scale) = (size(count), 0.75)
                try world.device.run(spyre_stream_elementwise, d)
            }
        case 4:
            return Step(reads: [a], writes: [a]) { world, size in
                var d = descriptor(spyre_softmax_desc.self)
                (d.input, d.output) = (world.span(a), world.span(a))
                (d.columns, d.stride, d.rows) = (columns, stride, size(count))
                try world.device.run(spyre_stream_softmax, d)
            }
        case 5:
            return Step(writes: [a]) { world, size in
                var d = descriptor(spyre_rope_desc.self)
                d.layout = spyre_rope_layout(SPYRE_ROPE_HALF_SPLIT)
                (d.data, d.positions, d.table) = (world.span(a), world.positions, world.table)
                (d.stride, d.heads, d.head_size, d.table_positions) = (stride, 4, 16, Int64(rows))
                d.rows = size(count)
                try world.device.run(spyre_stream_rope, d)
            }
        case 6:
            return Step(reads: [a], writes: [ids]) { world, size in
                var d = descriptor(spyre_top_k_desc.self)
                d.count = 1
                (d.input, d.indices) = (world.span(a), world.ids)
                (d.columns, d.stride, d.rows) = (columns, stride, size(count))
                try world.device.run(spyre_stream_top_k, d)
            }
        case 7:
            return Step(reads: [ids], writes: [c]) { world, size in
                var d = descriptor(spyre_embedding_desc.self)
                d.table_type = spyre_type(SPYRE_TYPE_F32)
                d.table = world.weights[SPYRE_TYPE_F32] ?? spyre_span()
                (d.vocabulary, d.columns, d.output_stride) = (columns, columns, stride)
                (d.ids, d.output) = (world.ids, world.span(c))
                (d.rows, d.scale) = (size(count), 1)
                try world.device.run(spyre_stream_embedding, d)
            }
        case 8:
            return attention(a, b, c, write: Bool.random(using: &random))
        default:
            let type = [SPYRE_TYPE_F32, SPYRE_TYPE_BF16, SPYRE_TYPE_Q8_0].randomElement(using: &random) ?? 0
            let (residual, norm) = (Bool.random(using: &random), Bool.random(using: &random))
            return Step(reads: residual ? [a, c] : [a], writes: [c], scratch: true) { world, size in
                var d = descriptor(spyre_matmul_desc.self)
                d.weight_type = spyre_type(type)
                d.weight = world.weights[type] ?? spyre_span()
                (d.outputs, d.columns, d.input_stride, d.output_stride) = (columns, columns, stride, stride)
                (d.rows, d.input, d.output) = (size(count), world.span(a), world.span(c))
                if residual { d.residual = world.span(c) }
                if norm { (d.norm_weight, d.norm_epsilon) = (world.norm, 1e-5) }
                d.scale = 0.25
                try world.device.run(spyre_stream_matmul, d)
            }
        }
    }

    /// A write to the cache, or attention over all of it.
    static func attention(_ a: Window, _ b: Window, _ c: Window, write: Bool) -> Step {
        let stride = Int64(width)
        if write {
            return Step(reads: [a, b], writes: [cache]) { world, size in
                var d = descriptor(spyre_kv_write_desc.self)
                (d.cache, d.keys, d.values, d.slots) = (world.cache, world.span(a), world.span(b), world.slots)
                (d.stride, d.rows) = (stride, size(a.count))
                try world.device.run(spyre_stream_kv_write, d)
            }
        }
        // All rows of one page onto another's: the index arrays are fixed, so the sizes are too.
        let from = Window(page: a.page, first: 0, count: rows)
        let to = Window(page: (a.page + 1) % pages, first: 0, count: rows)
        return Step(reads: [from, cache], writes: [to], scratch: true) { world, _ in
            var d = descriptor(spyre_attention_desc.self)
            d.scale = 0.25
            (d.cache, d.queries, d.output) = (world.cache, world.span(from), world.span(to))
            (d.query_stride, d.output_stride, d.heads) = (stride, stride, 4)
            (d.rows, d.sequences) = (spyre_extent_fixed(Int64(rows)), spyre_extent_fixed(1))
            (d.query_starts, d.context_lengths) = (world.starts, world.contexts)
            (d.block_tables, d.maximum_blocks) = (world.blocks, 1)
            try world.device.run(spyre_stream_attention, d)
        }
    }

    /// Barriers of a list: one before an op that touches what an op since the last barrier has written, or writes what
    /// one has touched, or uses scratch after one that did.
    static func barriers(_ steps: [Step]) -> Int {
        var barriers = 0
        var pending: [Step] = []
        for step in steps {
            let waits = pending.contains { earlier in
                (step.scratch && earlier.scratch)
                    || earlier.writes.contains { w in (step.reads + step.writes).contains { $0.overlaps(w) } }
                    || earlier.reads.contains { r in step.writes.contains { $0.overlaps(r) } }
            }
            if waits {
                barriers += 1
                pending = []
            }
            pending.append(step)
        }
        return barriers
    }

    @Test(arguments: [1, 2, 3, 4] as [Int32])
    func capturedEqualsEager(threads: Int32) throws {
        let eager = try World(threads: 1)
        let captured = try World(threads: threads)
        var random = SplitMix64(seed: UInt64(130 + threads))
        for number in 0..<100 {
            let steps = (0..<Int.random(in: 1...14, using: &random)).map { _ in Self.step(using: &random) }
            let contents = (0..<Self.pages).map { _ in random.floats(Self.rows * Self.width) }
            captured.bound = Set((0..<Self.pages).filter { _ in Bool.random(using: &random) })
            captured.strayBindings = Bool.random(using: &random)
            // Either all rows, or as many as a scalar says, from none to all.
            let limit: Int64? = Bool.random(using: &random) ? Int64.random(in: 0...1, using: &random) : nil

            try eager.reset(contents)
            for step in steps {
                // An op of no rows cannot be run by itself: it does nothing.
                if limit == 0, !step.writes.contains(where: { $0.count == Self.rows }) { continue }
                try step.emit(eager) { spyre_extent_fixed(limit ?? Int64($0)) }
            }
            let expected = try eager.contents()

            try captured.device.capture {
                for step in steps {
                    try step.emit(captured) {
                        limit == nil ? spyre_extent_fixed(Int64($0)) : spyre_extent_scalar(Int64($0), 1)
                    }
                }
            } use: { program in
                var info = descriptor(spyre_program_info.self)
                try check { spyre_program_query(program, &info, $0) }
                #expect(info.ops == steps.count && info.barriers == Self.barriers(steps), "program \(number)")
                // The program is good for more than one launch.
                for launch in 0..<2 {
                    try captured.reset(contents)
                    try captured.device.launch(
                        program, bindings: captured.pages.map(\.buffer), scalars: limit.map { [$0] } ?? [])
                    #expect(try captured.contents() == expected, "program \(number), launch \(launch)")
                }
            }
        }
    }
}
