import CSpyreKernels
import Testing

/// Writes to the paged cache, against a plain array in the documented layout.
@Suite struct KVWriteTests {
    static let (blocks, kvHeads, headSize, heads) = (4, 2, 16, 6)
    static let slots: [Int32] = [64, -1, 255, 1, 127, 128, 256, .min, .max, 70]

    /// Index of element `i` of a token's head: keys lie transposed, so that a block is a weight panel; in bfloat16
    /// and in bytes, two elements of a key lie side by side, and one element of the values of two tokens.
    static func place(slot: Int, head: Int, i: Int, type: Int) -> (key: Int, value: Int) {
        let base = (slot / 64 * kvHeads + head) * headSize * 64
        let token = slot % 64
        return type != SPYRE_TYPE_F32 && type != SPYRE_TYPE_F16
            ? (base + (i / 2 * 64 + token) * 2 + i % 2, base + (token / 2 * headSize + i) * 2 + token % 2)
            : (base + i * 64 + token, base + token * headSize + i)
    }

    /// Relative and absolute error of what a cache keeps.
    static func rounding(_ type: Int) -> (Double, Double) {
        switch type {
        case SPYRE_TYPE_F32: (0, 0)
        case SPYRE_TYPE_F16: (0x1p-11, 0x1p-25)
        case SPYRE_TYPE_F8_E4M3: (0x1p-4, 0x1p-10)
        case SPYRE_TYPE_I8: (0, 0.5)
        default: (0x1p-8, 0)
        }
    }

    struct Written {
        var keys: [Float], values: [Float], queries: [[Float]]
    }

    /// Writes `rows` rows to the first slots. The cache is read back as floats, all -2 where nothing was written.
    static func write(
        _ device: Device, type: Int, layout: Int?, k: [Float], v: [Float], q: [Float], positions: [Int32],
        table: [Float], rows: Int = slots.count
    ) throws -> Written {
        let count = blocks * kvHeads * headSize * 64
        let format = try KVFormat.of(type)
        func cache() throws -> spyre_span {
            switch type {
            case SPYRE_TYPE_F32: try device.span([Float](repeating: -2, count: count))
            case SPYRE_TYPE_F16: try device.span([UInt16](repeating: Float16(-2).bitPattern, count: count))
            case SPYRE_TYPE_F8_E4M3: try device.span([UInt8](repeating: Oracle.e4m3(-2), count: count))
            case SPYRE_TYPE_I8: try device.span([Int8](repeating: -2, count: count))
            default: try device.span([UInt16](repeating: Oracle.bfloat16(-2), count: count))
            }
        }
        let stride = heads * headSize + 3
        let queries = try Matrix(device, q, columns: heads * headSize, stride: stride)
        var desc = descriptor(spyre_kv_write_desc.self)
        desc.cache = spyre_kv_cache(
            keys: try cache(), values: try cache(), blocks: Int64(blocks), kv_heads: Int64(kvHeads),
            head_size: Int64(headSize), type: spyre_type(type), block_tokens: 0, layout: 0)
        desc.keys = try Matrix(device, k, columns: kvHeads * headSize, stride: stride).span
        desc.values = try Matrix(device, v, columns: kvHeads * headSize, stride: stride).span
        desc.stride = Int64(stride)
        desc.slots = try device.span(slots)
        desc.rows = spyre_extent_fixed(Int64(rows))
        if let layout {
            desc.layout = spyre_rope_layout(layout)
            desc.queries = queries.span
            desc.heads = Int64(heads)
            desc.positions = try device.span(positions)
            desc.rope_table = try device.span(table)
            desc.table_positions = Int64(table.count / headSize)
        }
        if layout == nil {
            // Nobody looks at what only a rotation would need.
            desc.queries = spyre_span_bound(3, 0)
            desc.positions = spyre_span_bound(4, 0)
        }
        try device.run(spyre_stream_kv_write, desc)
        return Written(
            keys: try format.read(device, desc.cache.keys, count),
            values: try format.read(device, desc.cache.values, count),
            queries: try queries.read(device))
    }

    @Test(arguments: Device.runnable, KVFormat.all.map(\.type))
    func rowsGoToTheirSlotsAndNowhereElse(isa: String, type: Int) throws {
        for edge in Device.Edge.allCases {
            let device = try Device(isa: isa, edge: edge)
            var random = SplitMix64(seed: 101)
            let width = Self.kvHeads * Self.headSize
            let (k, v) = (random.floats(Self.slots.count * width), random.floats(Self.slots.count * width))
            let q = random.floats(Self.slots.count * Self.heads * Self.headSize)
            let got = try Self.write(
                device, type: type, layout: nil, k: k, v: v, q: q, positions: [], table: [])
            func stored(_ x: Float) -> Float { Oracle.stored(x, type: type) }
            var keys = [Float](repeating: -2, count: got.keys.count), values = keys
            for (row, slot) in Self.slots.enumerated() where slot >= 0 && slot < 64 * Self.blocks {
                for h in 0..<Self.kvHeads {
                    for i in 0..<Self.headSize {
                        let place = Self.place(slot: Int(slot), head: h, i: i, type: type)
                        keys[place.key] = stored(k[row * width + h * Self.headSize + i])
                        values[place.value] = stored(v[row * width + h * Self.headSize + i])
                    }
                }
            }
            #expect(got.keys == keys && got.values == values)
            #expect(got.queries.flatMap(\.self) == q)
        }
    }

    /// Fused with the rotation: gamma(2) as for rope itself, and half an ulp more of what the cache keeps.
    @Test(arguments: Device.runnable, KVFormat.all.map(\.type))
    func theRotationIsFused(isa: String, type: Int) throws {
        for layout in [SPYRE_ROPE_INTERLEAVED, SPYRE_ROPE_HALF_SPLIT] {
            let device = try Device(isa: isa)
            var random = SplitMix64(seed: 102)
            let (width, size) = (Self.kvHeads * Self.headSize, Self.headSize)
            let (k, v) = (random.floats(Self.slots.count * width), random.floats(Self.slots.count * width))
            let q = random.floats(Self.slots.count * Self.heads * size)
            let table = RopeTests.table(positions: 50, headSize: size)
            let positions: [Int32] = [3, 9, 49, 50, 0, -1, 7, 7, 8, 20]
            let got = try Self.write(
                device, type: type, layout: layout, k: k, v: v, q: q, positions: positions, table: table)
            for (row, slot) in Self.slots.enumerated() {
                let position = Int(positions[row])
                let known = (0..<50).contains(position)
                let angles = known ? table[position * size..<(position + 1) * size] : [][...]
                for h in 0..<Self.heads {
                    let rotated = got.queries[row][h * size..<(h + 1) * size]
                    if !known {
                        #expect(rotated.allNaN)
                        continue
                    }
                    let start = (row * Self.heads + h) * size
                    let exact = Oracle.rotate(
                        Array(q[start..<start + size]), halfSplit: layout == SPYRE_ROPE_HALF_SPLIT, angles: angles)
                    for (got, exact) in zip(rotated, exact) {
                        #expect(abs(Double(got) - exact.value) <= gamma(2) * exact.size)
                    }
                }
                guard slot >= 0, slot < 64 * Self.blocks else { continue }
                for h in 0..<Self.kvHeads {
                    let start = row * width + h * size
                    let keys = (0..<size).map { got.keys[Self.place(slot: Int(slot), head: h, i: $0, type: type).key] }
                    if !known {
                        #expect(type == SPYRE_TYPE_I8 ? keys.allSatisfy { $0 == 0 } : keys.allNaN)
                        continue
                    }
                    let exact = Oracle.rotate(
                        Array(k[start..<start + size]), halfSplit: layout == SPYRE_ROPE_HALF_SPLIT, angles: angles)
                    for (got, exact) in zip(keys, exact) {
                        let (rounding, least) = Self.rounding(type)
                        let stored = rounding * abs(exact.value) + least
                        #expect(abs(Double(got) - exact.value) <= 1.01 * gamma(2) * exact.size + stored)
                    }
                }
            }
        }
    }

    /// Threads share out the heads of a row too: a single row, and a few, have the same bits on any number of them.
    @Test(arguments: Device.runnable, KVFormat.all.map(\.type))
    func headsAreSharedOutWithTheSameBits(isa: String, type: Int) throws {
        var random = SplitMix64(seed: 103)
        let (width, size) = (Self.kvHeads * Self.headSize, Self.headSize)
        let (k, v) = (random.floats(Self.slots.count * width), random.floats(Self.slots.count * width))
        let q = random.floats(Self.slots.count * Self.heads * size)
        let table = RopeTests.table(positions: 50, headSize: size)
        let positions: [Int32] = [3, 9, 49, 0, 0, 1, 7, 7, 8, 20]
        for rows in [1, 3] {
            let results = try [1, 2, 3, 5, 8, 11].map { (threads: Int32) in
                try Self.write(
                    Device(isa: isa, threads: threads), type: type, layout: SPYRE_ROPE_HALF_SPLIT,
                    k: Array(k.prefix(rows * width)), v: Array(v.prefix(rows * width)),
                    q: Array(q.prefix(rows * Self.heads * size)), positions: positions, table: table, rows: rows)
            }
            for other in results.dropFirst() {
                #expect(other.keys == results[0].keys && other.values == results[0].values)
                #expect(other.queries == results[0].queries)
            }
            #expect(results[0].queries.joined().allSatisfy { $0.isFinite } && results[0].keys.contains { $0 != -2 })
        }
    }
}
