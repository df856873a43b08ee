import CSpyreKernels
import Foundation
import Testing

/// Attention over batches of sequences, and over index arrays that lie.
@Suite struct AttentionBatchTests {
    static let (heads, kvHeads, size) = (6, 2, 32)

    /// `queries` last tokens of a context whose numbers come from its own seed.
    struct Sequence {
        var context: Int, queries: Int
        var seed: UInt64 = 0

        func data() -> (q: [Float], k: [Float], v: [Float]) {
            var random = SplitMix64(seed: 200 + seed)
            let q = random.floats(context * heads * size).map { $0 * 3 }
            return (q, random.floats(context * kvHeads * size), random.floats(context * kvHeads * size))
        }
    }

    /// A batch on the device, ready to attend. Sequence s has blocks s * n + 1 and on, in falling order, with n the
    /// blocks of the longest one and at least 4.
    struct Batch {
        var desc: spyre_attention_desc
        let output: Matrix
        let sequences: [Sequence]

        init(_ device: Device, _ sequences: [Sequence], type: Int) throws {
            self.sequences = sequences
            let n = max(4, (sequences.map(\.context).max() ?? 0) / 64 + 1)
            let blocks = Int64(n * sequences.count + 1)
            let bytes = Int(spyre_kv_cache_bytes(spyre_type(type), blocks, Int64(kvHeads), Int64(size)))
            let poison = [UInt8](repeating: 0xff, count: bytes)
            let cache = spyre_kv_cache(
                keys: try device.span(poison), values: try device.span(poison), blocks: blocks,
                kv_heads: Int64(kvHeads), head_size: Int64(size), type: spyre_type(type), block_tokens: 0, layout: 0)
            var queries: [Float] = [], keys: [Float] = [], values: [Float] = [], slots: [Int32] = []
            for (s, sequence) in sequences.enumerated() {
                let (q, k, v) = sequence.data()
                queries += q.suffix(sequence.queries * heads * size)
                keys += k
                values += v
                slots += (0..<sequence.context).map { Int32((n * s + n - $0 / 64) * 64 + $0 % 64) }
            }
            var write = descriptor(spyre_kv_write_desc.self)
            write.cache = cache
            (write.keys, write.values) = (try device.span(keys), try device.span(values))
            (write.slots, write.stride) = (try device.span(slots), Int64(kvHeads * size))
            write.rows = spyre_extent_fixed(Int64(slots.count))
            try device.run(spyre_stream_kv_write, write)

            let (width, rows) = (heads * size, sequences.reduce(0) { $0 + $1.queries })
            output = try Matrix(device, rows: rows, columns: width, stride: width + 2)
            var starts: [Int32] = [0]
            for sequence in sequences { starts.append((starts.last ?? 0) + Int32(sequence.queries)) }
            desc = descriptor(spyre_attention_desc.self)
            desc.scale = 1 / Float(size).squareRoot()
            desc.cache = cache
            (desc.queries, desc.query_stride) = (try device.span(queries), Int64(width))
            (desc.output, desc.output_stride) = (output.span, Int64(output.stride))
            desc.heads = Int64(heads)
            desc.rows = spyre_extent_fixed(Int64(rows))
            desc.sequences = spyre_extent_fixed(Int64(sequences.count))
            desc.query_starts = try device.span(starts)
            desc.context_lengths = try device.span(sequences.map { Int32($0.context) })
            desc.block_tables = try device.span(
                (0..<sequences.count).flatMap { s in (0..<n).map { Int32(n * s + n - $0) } })
            desc.maximum_blocks = Int64(n)
        }

        /// Rows of every sequence.
        func run(_ device: Device) throws -> [[[Float]]] {
            try device.run(spyre_stream_attention, desc)
            var rows = try output.read(device)[...]
            return sequences.map { sequence in
                defer { rows = rows.dropFirst(sequence.queries) }
                return Array(rows.prefix(sequence.queries))
            }
        }
    }

    static let mixed = [
        Sequence(context: 65, queries: 65, seed: 1), Sequence(context: 150, queries: 20, seed: 2),
        Sequence(context: 64, queries: 1, seed: 3), Sequence(context: 1, queries: 1, seed: 4),
        Sequence(context: 5, queries: 0, seed: 5), Sequence(context: 129, queries: 2, seed: 6),
    ]

    /// Prefill, chunk and decode side by side give the bits that each gives alone, on any number of threads.
    @Test(arguments: Device.runnable, KVFormat.all.map(\.type))
    func aBatchGivesTheBitsOfItsSequencesAlone(isa: String, type: Int) throws {
        let alone = try Self.mixed.filter { $0.queries > 0 }.map { sequence in
            let device = try Device(isa: isa, threads: 1)
            return try Batch(device, [sequence], type: type).run(device)[0]
        }
        for threads: Int32 in [1, 3] {
            let device = try Device(isa: isa, threads: threads, edge: threads == 1 ? .start : .end)
            let together = try Batch(device, Self.mixed, type: type).run(device).filter { !$0.isEmpty }
            #expect(together == alone, "\(threads) threads")
        }
    }

    static let long = [
        Sequence(context: 1000, queries: 1, seed: 7), Sequence(context: 700, queries: 4, seed: 8),
        Sequence(context: 513, queries: 2, seed: 9), Sequence(context: 300, queries: 40, seed: 10),
        Sequence(context: 257, queries: 1, seed: 11), Sequence(context: 900, queries: 8, seed: 12),
    ]

    /// The chunks of a long context are met by several threads: the same bits on any number of them, again and again.
    @Test(arguments: Device.runnable, KVFormat.all.map(\.type))
    func chunksOnSeveralThreadsGiveTheSameBits(isa: String, type: Int) throws {
        let single = try Device(isa: isa, threads: 1)
        let alone = try Self.long.map { try Batch(single, [$0], type: type).run(single)[0] }
        #expect(alone.joined().joined().allSatisfy { $0.isFinite })
        for threads: Int32 in [1, 2, 3, 4, 7, 16] {
            let device = try Device(isa: isa, threads: threads)
            let batch = try Batch(device, Self.long, type: type)
            for _ in 0..<3 { #expect(try batch.run(device) == alone, "\(threads) threads") }
            let first = try Batch(device, [Self.long[0]], type: type)
            for _ in 0..<3 { #expect(try first.run(device)[0] == alone[0], "\(threads) threads") }
        }
    }

    static let uneven = [1, 900, 3, 257, 64, 1023, 255, 129, 512, 2, 700, 33].enumerated().map { i, context in
        Sequence(context: context, queries: 1 + (context > 9 ? i % 5 : 0), seed: UInt64(20 + i))
    }

    /// Sequences of very different lengths, with borders of threads in any of them: the bits that each gives alone.
    @Test(arguments: Device.runnable, KVFormat.all.map(\.type))
    func manySequencesGiveTheBitsOfEachAlone(isa: String, type: Int) throws {
        let single = try Device(isa: isa, threads: 1)
        let alone = try Self.uneven.map { try Batch(single, [$0], type: type).run(single)[0] }
        for threads: Int32 in [1, 2, 3, 5, 8] {
            let device = try Device(isa: isa, threads: threads)
            let batch = try Batch(device, Self.uneven, type: type)
            for _ in 0..<2 { #expect(try batch.run(device) == alone, "\(threads) threads") }
        }
    }

    /// Against float64 on the keys and values as the cache keeps them.
    @Test(arguments: Device.runnable, KVFormat.all.map(\.type))
    func everyElementIsWithinTheBound(isa: String, type: Int) throws {
        let device = try Device(isa: isa)
        let results = try Batch(device, Self.mixed, type: type).run(device)
        let format = try #require(KVFormat.all.first { $0.type == type })
        for (sequence, rows) in zip(Self.mixed, results) {
            let (q, k, v) = sequence.data()
            let (keys, values) = (k.map(format.kept), v.map(format.kept))
            for (r, row) in rows.enumerated() where r % 7 == 0 || r == rows.count - 1 {
                let token = sequence.context - sequence.queries + r
                for h in 0..<Self.heads {
                    let query = (token * Self.heads + h) * Self.size
                    let expected = Oracle.attention(
                        query: q[query..<query + Self.size], keys: keys, values: values, token: token,
                        kvHead: h / (Self.heads / Self.kvHeads), kvHeads: Self.kvHeads,
                        queryRounding: format.queryRounding, weightRounding: format.weightRounding)
                    for (i, exact) in expected.enumerated() {
                        let distance = abs(Double(row[h * Self.size + i]) - exact.value)
                        #expect(distance <= exact.error, "\(sequence) row \(r)")
                    }
                }
            }
        }
    }

    /// Rows or tokens that do not exist give no result for their sequence, and the others are not disturbed.
    @Test(arguments: Device.runnable)
    func aSequenceThatLiesGetsNoResult(isa: String) throws {
        let sequences = [Sequence(context: 70, queries: 3, seed: 1), Sequence(context: 9, queries: 4, seed: 2)]
        let honest = try Device(isa: isa)
        let expected = try Batch(honest, sequences, type: SPYRE_TYPE_F32).run(honest)
        // Starts and context lengths, and whether the first sequence is still honest.
        let lies: [([Int32], [Int32], Bool)] = [
            ([0, 3, 8], [70, 9], true), ([0, 3, .max], [70, 9], true), ([0, 3, 7], [70, 3], true),
            ([0, 3, 7], [70, 257], true), ([0, 3, 7], [70, .max], true), ([0, 3, 7], [70, -1], true),
            ([0, 3, 7], [70, .min], true), ([0, 3, 2], [70, 9], true), ([0, 3, .min], [70, 9], true),
            ([-1, 3, 3], [70, 0], false), ([.min, .max, .min], [70, 9], false),
        ]
        for (starts, contexts, first) in lies {
            let device = try Device(isa: isa)
            var batch = try Batch(device, sequences, type: SPYRE_TYPE_F32)
            batch.desc.query_starts = try device.span(starts)
            batch.desc.context_lengths = try device.span(contexts)
            let got = try batch.run(device)
            #expect(first ? got[0] == expected[0] : got[0].joined().allSatisfy { $0 == Matrix.sentinel })
            #expect(got[1].joined().allSatisfy { $0 == Matrix.sentinel }, "\(starts) \(contexts)")
        }
        // A block outside of the cache reads the padding block, not other memory.
        let device = try Device(isa: isa)
        var batch = try Batch(device, sequences, type: SPYRE_TYPE_F32)
        batch.desc.block_tables = try device.span([4, .max, 2, 1, -1, .min, 9, 9] as [Int32])
        #expect(try batch.run(device).count == 2)
    }
}
