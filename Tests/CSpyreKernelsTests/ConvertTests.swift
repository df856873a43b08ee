import CSpyreKernels
import Testing

/// Conversions between float32 and smaller types: what they are held against, and unusual blocks of Q8_0. The rest is
/// checked with the registry.
@Suite struct ConvertTests {
    static func run<Input, Output>(
        _ device: Device, _ x: [Input], from: Int, to: Int, zero: Output, count: Int? = nil, rows: Int = 1,
        outputCount: Int? = nil
    ) throws -> [Output] {
        let columns = (count ?? x.count) / rows
        var desc = descriptor(spyre_convert_desc.self)
        desc.input_type = spyre_type(from)
        desc.output_type = spyre_type(to)
        desc.input = try device.span(x)
        let outputs = outputCount ?? rows * columns
        desc.output = try device.room(bytes: outputs * MemoryLayout<Output>.stride)
        desc.columns = Int64(columns)
        desc.input_stride = Int64(columns)
        desc.output_stride = Int64(columns)
        desc.rows = spyre_extent_fixed(Int64(rows))
        try device.run(spyre_stream_convert, desc)
        return try device.read(desc.output, count: outputs, as: zero)
    }

    /// Operands begin at a multiple of 4 bytes, so that one of an odd length cannot end at the page after it.
    static func lengths(at edge: Device.Edge) -> [Int] { (1...70).filter { edge == .start || $0 % 2 == 0 } }

    /// The float at every 16-bit value, its neighbours, the middle to the next one and that one's neighbours.
    static let narrowed: [Float] = {
        var x: [Float] = []
        for bits in UInt16.min...UInt16.max {
            let brain = UInt32(bits) << 16
            x += [brain, brain &+ 1, brain &+ 0x7fff, brain &+ 0x8000, brain &+ 0x8001].map(Float.init(bitPattern:))
            let half = Float(Float16(bitPattern: bits)).bitPattern
            for step in [0, 1, UInt32.max, 0xfff, 0x1000, 0x1001] { x.append(Float(bitPattern: half &+ step)) }
        }
        for k in 0..<4_096 {
            let middle = (Float(k) + 0.5) * 0x1p-24
            x += [middle, middle.nextUp, middle.nextDown, -middle]
        }
        return x
    }()

    /// A NaN becomes quiet and keeps the upper bits of its fraction.
    static func float16(_ x: Float) -> UInt16 {
        let bits = x.bitPattern
        return x.isNaN ? UInt16(bits >> 16 & 0x8000) | 0x7e00 | UInt16(bits >> 13 & 0x3ff) : Float16(x).bitPattern
    }

    static func bfloat16(_ x: Float) -> UInt16 {
        x.isNaN ? UInt16(x.bitPattern >> 16) | 0x40 : Oracle.bfloat16(x)
    }

    static func widened(float16 bits: UInt16) -> UInt32 {
        let half = Float16(bitPattern: bits)
        return half.isNaN
            ? UInt32(bits & 0x8000) << 16 | 0x7fc0_0000 | UInt32(bits & 0x1ff) << 13 : Float(half).bitPattern
    }

    /// What blocks stand for.
    static func values(ofBlocks bytes: [UInt8]) -> [Float] {
        stride(from: 0, to: bytes.count, by: 34).flatMap { start in
            let scale = Float(Float16(bitPattern: UInt16(bytes[start]) | UInt16(bytes[start + 1]) << 8))
            return bytes[start + 2..<start + 34].map { scale * Float(Int8(bitPattern: $0)) }
        }
    }

    /// ggml's blocks: the scale max / 127, quants rounded with halves away from zero, the scale rounded after that.
    static func blocks(_ x: [Float]) -> [UInt8] {
        stride(from: 0, to: x.count, by: 32).flatMap { start -> [UInt8] in
            let block = x[start..<start + 32]
            let finite = block.allSatisfy(\.isFinite)
            let scale = (block.map(abs).max() ?? 0) / 127
            let inverse = scale < .leastNormalMagnitude ? 0 : 1 / scale
            let bits = finite ? Float16(scale).bitPattern : 0x7e00
            let quants = block.map {
                UInt8(bitPattern: finite ? Int8(($0 * inverse).rounded(.toNearestOrAwayFromZero)) : 0)
            }
            return [UInt8(bits & 0xff), UInt8(bits >> 8)] + quants
        }
    }

    /// Values of blocks: of all sizes, with halves of a step in the first, where roundings differ, and one that is not
    /// finite in the third.
    static func blockValues(_ count: Int, using random: inout SplitMix64) -> [Float] {
        let sizes: [Float] = [1, 1e-3, 7e4, 1e-6, 0x1p-128, 0, 1e8, 127]
        var x = (0..<count).map { i in Float.random(in: -1...1, using: &random) * sizes[i / 32 % sizes.count] }
        for i in 0..<32 { x[i] = Float(i - 16) * 0.5 }
        x[31] = 127
        if count > 64 { x[70] = [Float.nan, .infinity, -.infinity][count / 32 % 3] }
        return x
    }

    @Test(arguments: Device.runnable, Device.Edge.allCases)
    func blocksOfQ8AreThoseOfTheFormat(isa: String, edge: Device.Edge) throws {
        let device = try Device(isa: isa, threads: 3, edge: edge)
        var random = SplitMix64(seed: 92)
        // An even number of blocks, so that they can end at the page after them.
        for (rows, columns) in [(1, 64), (2, 32), (2, 96), (3, 64), (1, 4_160)] {
            let x = Self.blockValues(rows * columns, using: &random)
            let count = x.count
            let packed = try Self.run(
                device, x, from: SPYRE_TYPE_F32, to: SPYRE_TYPE_Q8_0, zero: UInt8(0), rows: rows,
                outputCount: count / 32 * 34)
            let expected = Self.blocks(x)
            #expect(packed == expected, "\(rows)x\(columns)")
            let back = try Self.run(
                device, packed, from: SPYRE_TYPE_Q8_0, to: SPYRE_TYPE_F32, zero: Float(0), count: count, rows: rows)
            for i in 0..<count {
                let bits = UInt16(expected[i / 32 * 34]) | UInt16(expected[i / 32 * 34 + 1]) << 8
                let scale = Float(Float16(bitPattern: bits))
                let value = scale * Float(Int8(bitPattern: expected[i / 32 * 34 + 2 + i % 32]))
                #expect(back[i] == value || (back[i].isNaN && value.isNaN))
                // Scales in the normal range of float16.
                let largest = x[i / 32 * 32..<i / 32 * 32 + 32].map(abs).max() ?? 0
                guard scale.isFinite, largest >= 127 * 0x1p-14 else { continue }
                #expect(abs(back[i] - x[i]) <= 0.501 * scale + 0x1p-11 * abs(x[i]))
            }
        }
    }
}
