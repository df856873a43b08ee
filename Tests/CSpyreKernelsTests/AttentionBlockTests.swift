import CSpyreKernels
import Testing

/// Attention over caches of every block size and layout.
@Suite struct AttentionBlockTests {
    static let blockSizes = [16, 32, 64, 128, 256]

    /// Types of bytes lie in panels only.
    static func layouts(_ format: KVFormat) -> [Int] {
        format.number == nil ? [SPYRE_KV_PANELS, SPYRE_KV_TOKENS] : [SPYRE_KV_PANELS]
    }

    /// Heads, KV heads and their size; contexts with their last queries: decode, chunk and prefill.
    static let shapes = [(4, 2, 48), (9, 3, 64), (3, 3, 16), (6, 1, 128), (2, 2, 256)]
    static let parts = [(1, 1), (15, 1), (17, 3), (64, 1), (65, 65), (130, 2), (255, 1), (257, 40), (600, 1), (600, 7)]

    /// The bits of blocks of 64 in panels, which RegistryTests hold against float64.
    @Test(arguments: Device.runnable, KVFormat.all.indices)
    func neitherBlockSizeNorLayoutChangesABit(isa: String, format: Int) throws {
        var random = SplitMix64(seed: 4101)
        for (heads, kvHeads, size) in Self.shapes {
            let whole = AttentionCase(
                KVFormat.all[format], heads: heads, kvHeads: kvHeads, headSize: size, context: 600, using: &random)
            // The scalar kernels have one way through a tile: few rows show it.
            for (context, queries) in Self.parts where isa != "reference" || queries < 8 {
                var part = whole.part(context: context, queries: queries)
                let expected = try part.run(try Device(isa: isa, threads: 1))
                for blockTokens in Self.blockSizes {
                    for layout in Self.layouts(KVFormat.all[format]) {
                        (part.blockTokens, part.layout) = (blockTokens, layout)
                        let device = try Device(
                            isa: isa, threads: queries % 2 == 0 ? 1 : 3, edge: layout == 0 ? .start : .end)
                        #expect(try part.run(device) == expected, "\(part.text), \(blockTokens), layout \(layout)")
                    }
                }
            }
        }
    }

    /// In float32, against attention over contiguous keys and values in float64: 1e-5 of the length of each head's
    /// result, for every block size and layout.
    @Test(arguments: Device.runnable, Self.blockSizes)
    func pagedIsContiguousAttention(isa: String, blockTokens: Int) throws {
        var random = SplitMix64(seed: 4102)
        let format = try #require(KVFormat.all.first { $0.type == SPYRE_TYPE_F32 })
        let whole = AttentionCase(format, heads: 6, kvHeads: 2, headSize: 64, context: 1000, using: &random)
        for (context, queries) in [(1000, 1), (333, 20)] {
            var part = whole.part(context: context, queries: queries)
            let contiguous = part.expected()
            for layout in Self.layouts(format) {
                (part.blockTokens, part.layout) = (blockTokens, layout)
                let rows = try part.run(try Device(isa: isa))
                for (row, exact) in zip(rows, contiguous) {
                    for head in 0..<part.heads {
                        let range = head * part.headSize..<(head + 1) * part.headSize
                        let (length, distance) = range.reduce((0.0, 0.0)) { sums, i in
                            let difference = Double(row[i]) - exact[i].value
                            return (sums.0 + exact[i].value * exact[i].value, sums.1 + difference * difference)
                        }
                        #expect(distance.squareRoot() <= 1e-5 * length.squareRoot(), "\(part.text)")
                    }
                }
            }
        }
    }

    /// Index of element `i` of a token's head in the documented layout.
    static func place(
        slot: Int, head: Int, i: Int, kvHeads: Int, size: Int, blockTokens: Int, layout: Int, isPaired: Bool
    ) -> (key: Int, value: Int) {
        let (token, panel) = (slot % blockTokens, min(64, blockTokens))
        let base = (slot / blockTokens * kvHeads + head) * size * blockTokens
        if layout == SPYRE_KV_TOKENS { return (base + token * size + i, base + token * size + i) }
        let first = base + token / panel * panel * size
        return isPaired
            ? (first + (i / 2 * panel + token % panel) * 2 + i % 2, base + (token / 2 * size + i) * 2 + token % 2)
            : (first + i * panel + token % panel, base + token * size + i)
    }

    /// Every written element is in its documented place, and no other byte has changed.
    @Test(arguments: Device.runnable, KVFormat.all.indices)
    func rowsGoToTheirPlace(isa: String, index: Int) throws {
        let format = KVFormat.all[index]
        let (kvHeads, size, tokens) = (2, 48, 512)
        let slots: [Int32] = [0, 1, 16, 63, 64, 127, 200, 255, 256, 511, 512, -1, .max]
        var random = SplitMix64(seed: 4103)
        let k = random.floats(slots.count * kvHeads * size), v = random.floats(slots.count * kvHeads * size)
        for blockTokens in Self.blockSizes {
            for layout in Self.layouts(format) {
                let device = try Device(isa: isa)
                var cache = spyre_kv_cache(
                    keys: spyre_span(), values: spyre_span(), blocks: Int64(tokens / blockTokens),
                    kv_heads: Int64(kvHeads), head_size: Int64(size), type: spyre_type(format.type),
                    block_tokens: UInt16(blockTokens), layout: spyre_kv_layout(layout))
                let bytes = Int(spyre_kv_cache_size(&cache))
                let count = tokens * kvHeads * size
                #expect(bytes % count == 0)
                cache.keys = try device.span([UInt8](repeating: 0x11, count: bytes))
                cache.values = try device.span([UInt8](repeating: 0x11, count: bytes))
                var write = descriptor(spyre_kv_write_desc.self)
                write.cache = cache
                (write.keys, write.values) = (try device.span(k), try device.span(v))
                (write.slots, write.stride) = (try device.span(slots), Int64(kvHeads * size))
                write.rows = spyre_extent_fixed(Int64(slots.count))
                try device.run(spyre_stream_kv_write, write)
                var (keys, values) = ([Int: Float](), [Int: Float]())
                for (row, slot) in slots.enumerated() where slot >= 0 && Int(slot) < tokens {
                    for head in 0..<kvHeads {
                        for i in 0..<size {
                            let place = Self.place(
                                slot: Int(slot), head: head, i: i, kvHeads: kvHeads, size: size,
                                blockTokens: blockTokens, layout: layout,
                                isPaired: format.isPaired)
                            keys[place.key] = Oracle.stored(k[(row * kvHeads + head) * size + i], type: format.type)
                            values[place.value] = Oracle.stored(
                                v[(row * kvHeads + head) * size + i], type: format.type)
                        }
                    }
                }
                for (span, written) in [(cache.keys, keys), (cache.values, values)] {
                    let elements = try format.read(device, span, count)
                    let blank = format.blank
                    let wrong = elements.indices.filter { elements[$0] != written[$0] ?? blank }
                    #expect(wrong.isEmpty, "\(format.name), blocks of \(blockTokens), layout \(layout)")
                }
            }
        }
    }

    /// Sizes and layouts that there are not are refused, with a reason.
    @Test(arguments: [8, 48, 63, 512, 65_535]) func otherBlocksAreRefused(tokens: Int) throws {
        let device = try Device(isa: "reference", threads: 1)
        var write = try Valid.kvWrite(device)
        write.cache.block_tokens = UInt16(tokens)
        #expect(spyre_kv_cache_size(&write.cache) == 0)
        #expect(throws: ABIFailure.self) { try device.run(spyre_stream_kv_write, write) }
        var attention = try Valid.attention(device)
        attention.cache.layout = 2
        do {
            try device.run(spyre_stream_attention, attention)
            Issue.record("no error")
        } catch let error as ABIFailure {
            #expect(error.status == SPYRE_STATUS_UNSUPPORTED)
            #expect(error.description.contains("blocks of 0 tokens in layout 2"), "\(error)")
        }
    }

    @Test(arguments: KVFormat.all.filter { $0.number != nil })
    func bytesTokenAfterTokenAreRefused(format: KVFormat) throws {
        let device = try Device(isa: "reference", threads: 1)
        var write = try Valid.kvWrite(device)
        (write.cache.type, write.cache.layout) = (spyre_type(format.type), spyre_kv_layout(SPYRE_KV_TOKENS))
        #expect(device.failure(spyre_stream_kv_write, write)?.description.contains("use layout 0") == true)
    }

    /// As many blocks as slots can name, and no more.
    @Test(arguments: Self.blockSizes) func slotsNameEveryBlock(tokens: Int) {
        var cache = spyre_kv_cache()
        (cache.kv_heads, cache.head_size) = (1, 16)
        (cache.block_tokens, cache.blocks) = (UInt16(tokens), (1 << 31) / Int64(tokens))
        #expect(spyre_kv_cache_size(&cache) == 1 << 37)
        cache.blocks += 1
        #expect(spyre_kv_cache_size(&cache) == 0)
    }
}
