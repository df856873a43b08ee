import CSpyreKernels
import Testing

/// Caches of 8 bits: every code as it is read, and every kind of number as it is written.
@Suite struct KVBytesTests {
    static let formats = KVFormat.all.filter { $0.number != nil }

    static let codes = [UInt8](0...255)

    /// Keys and values of one token, of heads of 256 elements, written as they are given: what attention reads of a
    /// value is its number times the scale, to the bit.
    @Test(arguments: Device.runnable, formats)
    func everyCodeOfAValueIsRead(isa: String, format: KVFormat) throws {
        let number = try #require(format.number)
        for (scale, token): (Float, Int) in [(1, 0), (1, 1), (0.0371, 0), (0.25, 1)] {
            let device = try Device(isa: isa)
            var bytes = [UInt8](repeating: 0, count: 2 * 256 * 64)
            // Token 0 has the codes from 255 down, so that one in the place of the other is seen.
            for i in 0..<256 {
                bytes[256 * 64 + 2 * i + token] = Self.codes[i]
                bytes[256 * 64 + 2 * i + 1 - token] = token == 0 ? 0x7f : 0
            }
            var desc = descriptor(spyre_attention_desc.self)
            desc.cache = spyre_kv_cache(
                keys: try device.span([UInt8](repeating: 0, count: bytes.count)), values: try device.span(bytes),
                blocks: 2, kv_heads: 1, head_size: 256, type: spyre_type(format.type), block_tokens: 0, layout: 0)
            desc.scales = spyre_kv_scales(
                keys: spyre_span(), values: try device.span([scale]), count: 1)
            desc.scale = 1
            (desc.queries, desc.query_stride) = (try device.span([Float](repeating: 1, count: 256)), 256)
            let output = try Matrix(device, rows: 1, columns: 256)
            (desc.output, desc.output_stride, desc.heads) = (output.span, Int64(output.stride), 1)
            (desc.rows, desc.sequences) = (spyre_extent_fixed(1), spyre_extent_fixed(1))
            desc.query_starts = try device.span([0, 1] as [Int32])
            desc.context_lengths = try device.span([Int32(token + 1)])
            (desc.block_tables, desc.maximum_blocks) = (try device.span([1] as [Int32]), 1)
            try device.run(spyre_stream_attention, desc)
            // Of two tokens with equal keys and one value of zero, half the other's is left.
            let share: Float = token == 0 ? 1 : 0.5
            for (code, got) in zip(Self.codes, try output.read(device)[0]) {
                let exact = number(code) * share * scale + 0
                #expect(got == exact || (got.isNaN && exact.isNaN), "code \(code), scale \(scale), token \(token)")
            }
        }
    }

    /// Each key of 256 tokens has another code in one of its elements: the weights of the tokens say what was read.
    @Test(arguments: Device.runnable, formats)
    func everyCodeOfAKeyIsRead(isa: String, format: KVFormat) throws {
        let number = try #require(format.number)
        for place in [0, 1, 7, 15] {
            var random = SplitMix64(seed: 41)
            var test = AttentionCase(format, heads: 1, headSize: 16, context: 256, using: &random)
            let scale = test.scales.key(0)
            test.q = [Float](repeating: 0, count: 256 * 16)
            test.k = test.q
            for token in 0..<256 {
                test.q[token * 16 + place] = 4 / (number(0x7e) * scale)
                let element = number(Self.codes[token])
                // What a cache never holds is another test's.
                test.k[token * 16 + place] = element.isNaN || abs(element) > number(0x7e) + 1 ? 0 : element * scale
            }
            let trial = Trial(kernel: format.kernel, isa: isa)
            trial.hold(try test.run(try Device(isa: isa)), test.expected(), "element \(place)")
        }
    }

    /// Both sides of every border between two codes, and numbers of every size, as keys and as values.
    @Test(arguments: Device.runnable, formats)
    func everythingIsWrittenToTheNearestCode(isa: String, format: KVFormat) throws {
        let number = try #require(format.number)
        var floats = stride(from: UInt32(0), through: 0xffff_0000, by: 1 << 16).map { Float(bitPattern: $0 | 0x5555) }
        let sizes = (0..<0x7f).map { number(UInt8($0)) } + [format.type == SPYRE_TYPE_I8 ? 127 : 448]
        for (low, high) in zip(sizes, sizes.dropFirst()) {
            let middle = (low + high) / 2
            floats += [low, low.nextUp, middle.nextDown, middle, middle.nextUp, high.nextDown, high].flatMap {
                [$0, -$0]
            }
        }
        floats += KVWriteCase.specials + [448, 449, 464, 480, 1000, 127.5, 128, -127.5, -128, -129].map { Float($0) }
        let tokens = 64 * 2
        for first in stride(from: 0, to: floats.count, by: tokens * 256) {
            var write = KVWriteCase(format: format, kvHeads: 2, headSize: 128, slots: (0..<Int32(tokens)).map { $0 })
            let part = floats[first..<min(first + tokens * 256, floats.count)]
            // What is divided by the scale are other numbers near by; heads of the same scale of 1 are the oracle's.
            write.k = part + [Float](repeating: 0, count: tokens * 256 - part.count)
            write.v = write.k.reversed()
            write.isScaled = false
            let trial = Trial(kernel: "kv_store_\(format.name)", isa: isa)
            let (got, expected) = (try write.run(try Device(isa: isa, threads: 2)), write.expected())
            trial.hold([got.keys], [expected.keys], "keys")
            trial.hold([got.values], [expected.values], "values")
        }
    }

    @Test func scalesThatDoNotFitAreRefused() throws {
        let device = try Device(isa: Device.best)
        let scales = spyre_kv_scales(
            keys: try device.span([Float](repeating: 1, count: 4)), values: spyre_span(), count: 1)
        var write = try Valid.kvWrite(device)
        write.scales = scales
        #expect(device.failure(spyre_stream_kv_write, write)?.description.contains("float32 has no scales") == true)
        write.cache.type = spyre_type(SPYRE_TYPE_I8)
        try device.run(spyre_stream_kv_write, write)
        for count: Int64 in [0, 2, -1, .max, .min] {
            write.scales.count = count
            #expect(device.failure(spyre_stream_kv_write, write)?.description.contains("for 1 KV heads") == true)
        }
        var attention = try Valid.attention(device)
        attention.cache.type = spyre_type(SPYRE_TYPE_F8_E4M3)
        attention.scales = spyre_kv_scales(keys: spyre_span(), values: scales.keys, count: 1)
        try device.run(spyre_stream_attention, attention)
        attention.scales.count = 3
        #expect(device.failure(spyre_stream_attention, attention)?.description.contains("3 scales") == true)
        attention.scales.count = 1
        attention.scales.values.offset += 16
        #expect(device.failure(spyre_stream_attention, attention)?.description.contains("value scales") == true)
    }
}
