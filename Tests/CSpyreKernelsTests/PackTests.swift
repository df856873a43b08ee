import CSpyreKernels
import Testing

/// Weight images, read back element by element through the embedding op.
@Suite struct PackTests {
    /// All rows of an image.
    static func rows(_ device: Device, _ image: spyre_span, type: Int, outputs: Int, columns: Int) throws -> [[Float]] {
        let output = try Matrix(device, rows: outputs, columns: columns)
        var desc = descriptor(spyre_embedding_desc.self)
        desc.table_type = spyre_type(type)
        desc.table = image
        desc.vocabulary = Int64(outputs)
        desc.columns = Int64(columns)
        desc.ids = try device.span((0..<Int32(outputs)).map { $0 })
        desc.rows = spyre_extent_fixed(Int64(outputs))
        desc.output = output.span
        desc.output_stride = Int64(columns)
        desc.scale = 1
        try device.run(spyre_stream_embedding, desc)
        return try output.read(device)
    }

    /// Gate and up rows packed by two calls, 32 of one and 32 of the other in turn; the last group is short.
    @Test(arguments: WeightFormat.all.map(\.type))
    func groupsInterleave(type: Int) throws {
        let device = try Device(isa: "reference", threads: 3)
        var random = SplitMix64(seed: 91)
        let (rows, outputs, columns) = (70, 192, max(64, WeightFormat.named(type)?.block ?? 1))
        let parts = (0..<2).map { _ in
            Weight.random(type: type, outputs: rows, columns: columns, using: &random)
        }
        var image: spyre_span?
        for (i, part) in parts.enumerated() {
            image = try device.weight(
                part.bytes, type: type, sourceType: type, rows: rows, outputs: outputs, columns: columns,
                scales: part.scales, first: 32 * i, group: 32, stride: 64, into: image)
        }
        let packed = try Self.rows(device, try #require(image), type: type, outputs: outputs, columns: columns)
        for (i, part) in parts.enumerated() {
            for r in 0..<rows {
                let exact = part.values[r * columns..<(r + 1) * columns].map { Float($0) }
                #expect(packed[r / 32 * 64 + 32 * i + r % 32] == exact, "part \(i) row \(r)")
            }
        }
    }

    /// A quantised or half-precision source widens exactly to float32 (with a minimum: with one rounding).
    @Test(arguments: (WeightFormat.all + WeightFormat.sources).map(\.type))
    func aSourceOfAnotherTypeWidens(type: Int) throws {
        let device = try Device(isa: "reference")
        var random = SplitMix64(seed: 92)
        let columns = max(32, WeightFormat.named(type)?.block ?? 1)
        let weight = Weight.random(type: type, outputs: 65, columns: columns, using: &random)
        let image = try device.weight(
            weight.bytes, type: SPYRE_TYPE_F32, sourceType: type, outputs: 65, columns: columns, scales: weight.scales)
        let rows = try Self.rows(device, image, type: SPYRE_TYPE_F32, outputs: 65, columns: columns)
        #expect(rows.flatMap(\.self) == weight.values.map { Float($0) })
    }

    /// Every bit pattern of every 16-bit number in a block, with random numbers beside it: exactly the values that an
    /// independent decoder finds.
    @Test(arguments: WeightFormat.all.filter { !$0.halves.isEmpty })
    func everyBlockDecodesExactly(format: WeightFormat) throws {
        let device = try Device(isa: Device.best)
        var random = SplitMix64(seed: 96)
        let (columns, outputs) = (max(format.block, 1024), 64)
        let perImage = columns / format.block * outputs
        for place in format.halves {
            for first in stride(from: 0, through: Int(UInt16.max), by: perImage) {
                let bytes = (first..<first + perImage).flatMap { pattern in
                    var block = format.draw(&random)
                    block.replaceSubrange(
                        place..<place + 2, with: WeightFormat.bytes(UInt16(truncatingIfNeeded: pattern)))
                    return block
                }
                let weight = Weight(format, outputs: outputs, columns: columns, bytes: bytes)
                let rows = try Self.rows(
                    device, weight.image(device), type: format.type, outputs: outputs, columns: columns)
                let wrong = zip(rows.joined(), weight.values).first { got, exact in
                    exact.isNaN ? !got.isNaN : got != Float(exact)
                }
                if let wrong { Issue.record("\(format.name): \(wrong.0) instead of \(wrong.1)") }
            }
        }
    }

    /// Every scale that a block can have, with random quants: Q5_0 in an image of Q8_0 is no other number.
    @Test func q5_0IsHeldExactlyAsQ8_0() throws {
        let device = try Device(isa: Device.best, threads: 3)
        var random = SplitMix64(seed: 97)
        let (columns, outputs) = (2048, 64)
        for first in stride(from: 0, through: Int(UInt16.max), by: columns / 32 * outputs) {
            let bytes = (first..<first + columns / 32 * outputs).flatMap { pattern in
                WeightFormat.bytes(UInt16(truncatingIfNeeded: pattern)) + WeightFormat.q5_0.draw(&random).dropFirst(2)
            }
            let weight = Weight(.q5_0, outputs: outputs, columns: columns, bytes: bytes)
            let image = try device.weight(
                bytes, type: SPYRE_TYPE_Q8_0, sourceType: SPYRE_TYPE_Q5_0, outputs: outputs, columns: columns)
            let rows = try Self.rows(device, image, type: SPYRE_TYPE_Q8_0, outputs: outputs, columns: columns)
            let wrong = zip(rows.joined(), weight.values).first { got, exact in
                exact.isNaN ? !got.isNaN : got != Float(exact)
            }
            if let wrong { Issue.record("\(wrong.0) instead of \(wrong.1)") }
        }
    }

    /// No image has five bits, and one of Q8_0 has no minima.
    @Test func fiveBitsAreOfSourcesAlone() throws {
        let device = try Device(isa: "reference")
        for format in WeightFormat.sources {
            #expect(spyre_weight_bytes(spyre_type(format.type), 64, 256) == 0)
            for type in [format.type, SPYRE_TYPE_Q8_0, SPYRE_TYPE_Q4_K]
            where type != SPYRE_TYPE_Q8_0 || format.name != "q5_0" {
                let failure = #expect(throws: ABIFailure.self) {
                    try device.weight(
                        [UInt8](repeating: 0, count: 176 * 64), type: type, sourceType: format.type, outputs: 64,
                        columns: 256, into: try device.aligned { try device.room(bytes: 1 << 17) })
                }
                #expect(failure?.description == "pack_weight: type \(format.type) cannot be packed as type \(type)")
            }
        }
    }

    /// A row of floats as int8: the scale is a 127th of the largest, each value is off by at most half of it.
    @Test(arguments: [SPYRE_TYPE_F32, SPYRE_TYPE_BF16, SPYRE_TYPE_Q8_0, SPYRE_TYPE_Q4_K, SPYRE_TYPE_Q5_1])
    func aRowOfFloatsBecomesInt8(source: Int) throws {
        let device = try Device(isa: "reference")
        var random = SplitMix64(seed: 95)
        let block = WeightFormat.named(source)?.block ?? 1
        let columns = block == 1 ? 37 : 2 * block
        let weight = Weight.random(type: source, outputs: 66, columns: columns, using: &random)
        let image = try device.weight(
            weight.bytes, type: SPYRE_TYPE_I8, sourceType: source, outputs: 66, columns: columns)
        let rows = try Self.rows(device, image, type: SPYRE_TYPE_I8, outputs: 66, columns: columns)
        for (r, row) in rows.enumerated() {
            let exact = weight.values[r * columns..<(r + 1) * columns]
            let step = (exact.map(abs).max() ?? 0) / 127
            for (got, exact) in zip(row, exact) {
                #expect(abs(Double(got) - exact) <= 0.5 * step * (1 + 127 * 8 * unitRoundoff))
                #expect(abs(Double(got) / step - (Double(got) / step).rounded()) < 1e-3)
            }
        }
    }

    /// A row of int8 that is not finite, or so small that no scale can tell it from zero.
    @Test func extremeRowsBecomeInt8() throws {
        let device = try Device(isa: "reference")
        let tiny = Float.leastNonzeroMagnitude
        let rows: [[Float]] = [[.nan, 1, 2], [1, .infinity, 2], [0, 0, 0], [tiny, -tiny, 0], [3e38, -3e38, 0]]
        let image = try device.weight(
            rows.flatMap(\.self).withUnsafeBytes { Array($0) }, type: SPYRE_TYPE_I8, sourceType: SPYRE_TYPE_F32,
            outputs: 5, columns: 3)
        let got = try Self.rows(device, image, type: SPYRE_TYPE_I8, outputs: 5, columns: 3)
        #expect(got[0].allNaN && got[1].allNaN)
        #expect(got[2] == [0, 0, 0] && got[3].allSatisfy { abs($0) <= tiny })
        #expect(zip(got[4], rows[4]).allSatisfy { abs($0 - $1) <= 2e36 })
    }

    /// Every binary16 number, through a source of that type.
    @Test func everyBinary16ValueIsExact() throws {
        let device = try Device(isa: "reference")
        let all = (0...UInt16.max).map { $0 }
        let image = try device.weight(
            all.withUnsafeBytes { Array($0) }, type: SPYRE_TYPE_F32, sourceType: SPYRE_TYPE_F16, outputs: 64,
            columns: 1024)
        let got = try Self.rows(device, image, type: SPYRE_TYPE_F32, outputs: 64, columns: 1024).flatMap(\.self)
        for (bits, value) in zip(all, got) {
            let exact = Float(Float16(bitPattern: bits))
            #expect(exact.isNaN ? value.isNaN : value.bitPattern == exact.bitPattern, "0x\(String(bits, radix: 16))")
        }
    }

    /// Float32 to bfloat16: all ties, their neighbours, infinities, NaNs, subnormals and a seeded sample.
    @Test func bfloat16RoundsToNearestEven() throws {
        let device = try Device(isa: "reference")
        var random = SplitMix64(seed: 93)
        var bits: [UInt32] = [
            0x7f80_0000, 0xff80_0000, 0x7f80_0001, 0xffc0_0000, 0x7fff_ffff, 0x7f7f_ffff, 0x8000_0001,
        ]
        for upper in stride(from: UInt32(0), through: 0xffff, by: 5) {
            for lower: UInt32 in [0x7fff, 0x8000, 0x8001] { bits.append(upper << 16 | lower) }
        }
        while bits.count % 1024 != 0 { bits.append(UInt32(truncatingIfNeeded: random.next())) }
        let outputs = bits.count / 1024
        let image = try device.weight(
            bits.withUnsafeBytes { Array($0) }, type: SPYRE_TYPE_BF16, sourceType: SPYRE_TYPE_F32, outputs: outputs,
            columns: 1024)
        let got = try Self.rows(device, image, type: SPYRE_TYPE_BF16, outputs: outputs, columns: 1024).flatMap(\.self)
        for (bits, value) in zip(bits, got) {
            let x = Float(bitPattern: bits)
            if x.isNaN {
                #expect(value.isNaN && value.sign == x.sign)
            } else {
                #expect(value == Oracle.float(bfloat16: Oracle.bfloat16(x)), "0x\(String(bits, radix: 16))")
            }
        }
    }

    /// The row past an odd K is zero whatever the memory held: NaN there would spoil every product.
    @Test(arguments: Device.runnable)
    func oddColumnsOfBfloat16IgnoreWhatTheMemoryHeld(isa: String) throws {
        let device = try Device(isa: isa)
        var random = SplitMix64(seed: 94)
        let weight = Weight.random(type: SPYRE_TYPE_BF16, outputs: 3, columns: 5, using: &random)
        let image = try device.weight(
            weight.bytes, type: SPYRE_TYPE_BF16, sourceType: SPYRE_TYPE_BF16, outputs: 3, columns: 5)
        let product = try MatmulTests.product(device, weight, image, [1, 1, 1, 1, 1], rows: 1)
        for (i, value) in product.enumerated() {
            let exact = weight.values[i * 5..<i * 5 + 5].reduce(0, +)
            #expect(abs(Double(value) - exact) <= gamma(8) * 5)
        }
    }

    /// The image of rows that overlap, or that reach past the outputs, would be another's memory.
    @Test(arguments: [
        (rows: 65, first: 0, group: 0, stride: 0), (rows: 64, first: 1, group: 0, stride: 0),
        (rows: 33, first: 0, group: 32, stride: 64), (rows: 2, first: 0, group: 1, stride: 64),
        (rows: 101, first: 0, group: 100, stride: 0), (rows: 40, first: 0, group: 32, stride: 31),
        (rows: 1, first: -1, group: 0, stride: 0), (rows: 1, first: 0, group: -1, stride: 0),
        (rows: 2, first: 0, group: 1, stride: -1), (rows: 1, first: .max, group: 0, stride: 0),
    ])
    func rowsThatDoNotFitAreRefused(rows: Int, first: Int, group: Int, stride: Int) throws {
        let device = try Device(isa: "reference")
        let failure = #expect(throws: ABIFailure.self) {
            _ = try device.weight(
                [UInt8](repeating: 0, count: rows * 4), type: SPYRE_TYPE_F32, sourceType: SPYRE_TYPE_F32, rows: rows,
                outputs: 64, columns: 1, first: first, group: group, stride: stride)
        }
        #expect(failure?.description == "pack_weight: the rows do not fit 64 outputs")
    }
}
