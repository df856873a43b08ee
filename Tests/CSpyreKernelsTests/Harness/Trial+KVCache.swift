import CSpyreKernels

/// What surrounds attention: the merge of chunks, writes to the cache, and rotation.
extension Trial {
    /// Long contexts whose chunks several threads meet: within the bound, and the bits of one thread, which merges on
    /// the way.
    func mergesChunks() throws {
        var random = SplitMix64(seed: 3101)
        for format in KVFormat.all {
            let whole = AttentionCase(format, heads: 4, kvHeads: 2, headSize: 48, context: 1100, using: &random)
            for (context, queries) in [(257, 1), (512, 1), (513, 3), (770, 12), (1100, 1), (1100, 5)] {
                let part = whole.part(context: context, queries: queries)
                let one = try part.run(try Device(isa: isa, threads: 1))
                hold(one, part.expected(), part.text)
                for threads: Int32 in [2, 3, 5, 9] {
                    same(try part.run(try Device(isa: isa, threads: threads)), one, "\(part.text), \(threads) threads")
                }
            }
        }
    }

    /// Every token of a block and every size of head: the bits of the type, in the documented place, and nothing else.
    func stores(_ format: KVFormat) throws {
        var random = SplitMix64(seed: 3102)
        for size in stride(from: 16, through: 256, by: 16) {
            for placement in Placement.allCases {
                let device = try placement.device(isa, threads: 2)
                // Not all tokens, in no order.
                let slots = (0..<128).filter { _ in Int.random(in: 0..<4, using: &random) > 0 }.shuffled(using: &random)
                let count = 2 * size * 64
                var extra: [Float] = [0, -0.0, 1e-30, -1e-42, 65_519, 65_520, 1e9, .infinity, -.infinity]
                extra += [0x1p-14, 0x1.ffcp-15, 0x1p-24, 0x1.8p-25, 0x1p-25, 1 + 0x1p-11, 1 + 0x1.8p-10, 1 + 0x1p-8]
                let data = random.floats(2 * slots.count * size).enumerated().map { i, x in
                    i % 5 == 0 ? extra[i / 5 % extra.count] : x
                }
                let (k, v) = (Array(data.prefix(slots.count * size)), Array(data.suffix(slots.count * size)))
                var desc = descriptor(spyre_kv_write_desc.self)
                let blank = [UInt8](repeating: 0x11, count: count * (format.type == SPYRE_TYPE_F32 ? 4 : 2))
                desc.cache = spyre_kv_cache(
                    keys: try device.span(blank), values: try device.span(blank), blocks: 2, kv_heads: 1,
                    head_size: Int64(size), type: spyre_type(format.type), reserved: 0)
                let keys = try Matrix(device, k, columns: size, stride: size + placement.gap)
                let values = try Matrix(device, v, columns: size, stride: size + placement.gap)
                (desc.keys, desc.values, desc.stride) = (keys.span, values.span, Int64(keys.stride))
                desc.slots = try device.span(slots.map(Int32.init))
                desc.rows = spyre_extent_fixed(Int64(slots.count))
                try device.run(spyre_stream_kv_write, desc)
                func contents(_ span: spyre_span) throws -> [Float] {
                    if format.type == SPYRE_TYPE_F32 { return try device.floats(span, count) }
                    return try device.read(span, count: count, as: UInt16(0)).map { word in
                        format.type == SPYRE_TYPE_F16
                            ? Float(Float16(bitPattern: word)) : Oracle.float(bfloat16: word)
                    }
                }
                let blankElement =
                    format.type == SPYRE_TYPE_F32
                    ? Float(bitPattern: 0x1111_1111)
                    : format.type == SPYRE_TYPE_F16
                        ? Float(Float16(bitPattern: 0x1111)) : Oracle.float(bfloat16: 0x1111)
                var expected = (keys: [Float](repeating: blankElement, count: count), values: [Float]())
                expected.values = expected.keys
                for (row, slot) in slots.enumerated() {
                    for i in 0..<size {
                        let base = slot / 64 * size * 64, token = slot % 64
                        let pairs = format.type == SPYRE_TYPE_BF16
                        let key = base + (pairs ? (i / 2 * 64 + token) * 2 + i % 2 : i * 64 + token)
                        let value = base + (pairs ? (token / 2 * size + i) * 2 + token % 2 : token * size + i)
                        expected.keys[key] = Oracle.stored(k[row * size + i], type: format.type)
                        expected.values[value] = Oracle.stored(v[row * size + i], type: format.type)
                    }
                }
                same([try contents(desc.cache.keys)], [expected.keys], "keys of \(size)")
                same([try contents(desc.cache.values)], [expected.values], "values of \(size)")
            }
        }
    }

    /// Every even size of head: two products and a sum, gamma(2) of the sizes of the products.
    func rotates() throws {
        var random = SplitMix64(seed: 3103)
        for size in stride(from: 2, through: 130, by: 2) {
            for layout in [SPYRE_ROPE_INTERLEAVED, SPYRE_ROPE_HALF_SPLIT] {
                let placement = Placement.allCases[size / 2 % Placement.allCases.count]
                let device = try placement.device(isa, threads: 2)
                let positions: [Int32] = [0, 7, 19]
                let table = RopeTests.table(positions: 20, headSize: size)
                let x = random.floats(positions.count * size)
                let data = try Matrix(device, x, columns: size, stride: size + placement.gap)
                var desc = descriptor(spyre_rope_desc.self)
                desc.layout = spyre_rope_layout(layout)
                (desc.data, desc.stride) = (data.span, Int64(data.stride))
                (desc.heads, desc.head_size) = (1, Int64(size))
                desc.positions = try device.span(positions)
                (desc.table, desc.table_positions) = (try device.span(table), 20)
                desc.rows = spyre_extent_fixed(Int64(positions.count))
                try device.run(spyre_stream_rope, desc)
                let expected = positions.enumerated().map { row, position in
                    Oracle.rotate(
                        Array(x[row * size..<(row + 1) * size]), halfSplit: layout == SPYRE_ROPE_HALF_SPLIT,
                        angles: table[Int(position) * size..<(Int(position) + 1) * size]
                    ).map { Expected(value: $0.value, error: gamma(2) * $0.size + tiny, size: $0.size) }
                }
                hold(try data.read(device), expected, "a head of \(size)")
            }
        }
    }
}
