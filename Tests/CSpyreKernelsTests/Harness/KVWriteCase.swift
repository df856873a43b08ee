import CSpyreKernels

/// Rows of keys and values that go to slots of a paged cache, rotated on the way if there is a layout. The cache holds
/// `blank` bytes before.
struct KVWriteCase {
    static let blank: UInt8 = 0x11
    /// Positions of the rotation's table.
    static let positions = 20

    var format: KVFormat
    var blocks = 2, kvHeads = 1, headSize: Int
    /// Of the queries, which are rotated in place; with a layout only.
    var heads = 2
    var layout: Int?
    var slots: [Int32]
    /// `[rows][kvHeads or heads][headSize]`
    var k: [Float] = [], v: [Float] = [], q: [Float] = []

    /// Without scales, those of 8-bit types are 1.
    var isScaled = true
    var scales: KVScales { isScaled ? KVScales(format, heads: kvHeads) : .none }
    var rows: Int { slots.count }
    var width: Int { kvHeads * headSize }
    var text: String { "\(rows) rows, \(kvHeads) heads of \(headSize)" + (layout.map { ", rotated \($0)" } ?? "") }
    func position(_ row: Int) -> Int { row * 7 % Self.positions }

    /// What the cache keeps of these is not what they are.
    static let specials: [Float] = [
        0, -0.0, 1e-30, -0x1p-140, 65_519, 65_520, 1e9, .infinity, -.infinity, .nan, -.nan, 0x1p-14, 0x1.ffcp-15,
        0x1p-24,
        0x1.8p-25, 0x1p-25, 1 + 0x1p-11, 1 + 0x1.8p-10, 1 + 0x1p-8, .greatestFiniteMagnitude, .leastNonzeroMagnitude,
    ]

    /// Random rows, every fifth value of which is special if `special`.
    mutating func draw(special: Bool, using random: inout SplitMix64) {
        func values(_ count: Int) -> [Float] {
            random.floats(count).enumerated().map { i, x in
                special && i % 5 == 0 ? Self.specials[i / 5 % Self.specials.count] : x
            }
        }
        (k, v) = (values(rows * width), values(rows * width))
        q = random.floats(rows * heads * headSize)
    }

    func prefix(_ rows: Int) -> KVWriteCase {
        var some = self
        some.slots = Array(slots.prefix(rows))
        (some.k, some.v) = (Array(k.prefix(rows * width)), Array(v.prefix(rows * width)))
        some.q = Array(q.prefix(rows * heads * headSize))
        return some
    }

    /// All elements of both caches, and the queries.
    struct Written<Element> {
        var keys: [Element], values: [Element], queries: [[Element]]
    }

    func run(_ device: Device, gap: Int = 0) throws -> Written<Float> {
        let count = blocks * width * 64, bytes = count * format.elementBytes
        func cache() throws -> spyre_span {
            try device.aligned { try device.span([UInt8](repeating: Self.blank, count: bytes)) }
        }
        let stride = max(kvHeads, layout == nil ? 0 : heads) * headSize + gap
        var desc = descriptor(spyre_kv_write_desc.self)
        desc.cache = spyre_kv_cache(
            keys: try cache(), values: try cache(), blocks: Int64(blocks), kv_heads: Int64(kvHeads),
            head_size: Int64(headSize), type: spyre_type(format.type), block_tokens: 0, layout: 0)
        desc.scales = try scales.on(device)
        let keys = try Matrix(device, k, columns: width, stride: stride)
        let values = try Matrix(device, v, columns: width, stride: stride)
        let queries = try Matrix(device, q, columns: heads * headSize, stride: stride)
        (desc.keys, desc.values, desc.stride) = (keys.span, values.span, Int64(stride))
        desc.slots = try device.span(slots)
        desc.rows = spyre_extent_fixed(Int64(rows))
        if let layout {
            desc.layout = spyre_rope_layout(layout)
            (desc.queries, desc.heads) = (queries.span, Int64(heads))
            desc.positions = try device.span((0..<rows).map { Int32(position($0)) })
            desc.rope_table = try device.span(RopeTests.table(positions: Self.positions, headSize: headSize))
            desc.table_positions = Int64(Self.positions)
        }
        try device.run(spyre_stream_kv_write, desc)
        return Written(
            keys: try format.read(device, desc.cache.keys, count),
            values: try format.read(device, desc.cache.values, count),
            queries: layout == nil ? [] : try queries.read(device))
    }

    /// What is not rotated has the bits of the type; what is, half a unit of the type's last place more than gamma(2).
    func expected() -> Written<Expected> {
        let scales = scales
        let keys = [Expected](repeating: .bits(format.blank), count: blocks * width * 64)
        var result = Written(keys: keys, values: keys, queries: [])
        for (row, slot) in slots.enumerated() where slot >= 0 && slot < 64 * blocks {
            for head in 0..<kvHeads {
                let start = (row * kvHeads + head) * headSize
                let key = rotated(Array(k[start..<start + headSize]), row: row)
                for i in 0..<headSize {
                    let place = place(slot: Int(slot), head: head, i: i)
                    result.keys[place.key] =
                        key.map { stored($0[i], scales.key(head)) } ?? .bits(kept(k[start + i], scales.key(head)))
                    result.values[place.value] = .bits(kept(v[start + i], scales.value(head)))
                }
            }
        }
        guard layout != nil else { return result }
        result.queries = (0..<rows).map { row in
            (0..<heads).flatMap { head in
                let start = (row * heads + head) * headSize
                return rotated(Array(q[start..<start + headSize]), row: row) ?? []
            }
        }
        return result
    }

    private func rotated(_ head: [Float], row: Int) -> [Expected]? {
        guard let layout else { return nil }
        let table = RopeTests.table(positions: position(row) + 1, headSize: headSize)
        return RowOp.rotated(head, layout: layout, angles: table.suffix(headSize))
    }

    private func kept(_ x: Float, _ scale: Float) -> Float { Oracle.stored(x / scale, type: format.type) }

    private func stored(_ x: Expected, _ scale: Float) -> Expected {
        let (relative, least): (Double, Double) =
            switch format.type {
            case SPYRE_TYPE_F32: (0, 0)
            case SPYRE_TYPE_F16: (0x1p-11, 0x1p-25)
            case SPYRE_TYPE_F8_E4M3: (0x1p-4, 0x1p-10)
            case SPYRE_TYPE_I8: (0, 0.5)
            default: (0x1p-8, 0x1p-134)
            }
        var kept = x
        kept.value /= Double(scale)
        // The quotient is rounded to float32.
        kept.error = kept.error / Double(scale) + (scale == 1 ? 0 : unitRoundoff * (abs(kept.value) + kept.error))
        kept.error += relative * (abs(kept.value) + kept.error) + least
        if relative + least > 0 { kept.size = .infinity }
        return kept
    }

    /// Where element `i` of a token's head lies: keys are transposed, so that a block is a weight panel; in bfloat16 and
    /// in bytes, two elements of a key lie side by side, and one element of the values of two tokens.
    private func place(slot: Int, head: Int, i: Int) -> (key: Int, value: Int) {
        let base = (slot / 64 * kvHeads + head) * headSize * 64, token = slot % 64
        return format.isPaired
            ? (base + (i / 2 * 64 + token) * 2 + i % 2, base + (token / 2 * headSize + i) * 2 + token % 2)
            : (base + i * 64 + token, base + token * headSize + i)
    }
}
