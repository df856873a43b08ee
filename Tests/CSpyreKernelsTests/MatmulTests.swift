import CSpyreKernels
import Testing

/// Matrix products of every weight type and instruction set against a float64 oracle.
@Suite struct MatmulTests {
    /// A weight matrix as stored in a file, and the exact values that it stands for.
    struct Weight {
        let type: Int
        let bytes: [UInt8]
        let values: [Double]
        let outputs: Int
        let columns: Int
    }

    static func weight(type: Int, outputs: Int, columns: Int, using random: inout SplitMix64) -> Weight {
        var bytes: [UInt8] = []
        var values: [Double] = []
        func append<T>(_ value: T) { withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) } }
        switch type {
        case SPYRE_TYPE_F32:
            for value in random.floats(outputs * columns) {
                append(value)
                values.append(Double(value))
            }
        case SPYRE_TYPE_BF16:
            for value in random.floats(outputs * columns) {
                let upper = UInt16(value.bitPattern >> 16)
                append(upper)
                values.append(Double(Float(bitPattern: UInt32(upper) << 16)))
            }
        default:
            for _ in 0..<outputs * columns / 32 {
                let scale = Float16(Float.random(in: 0.01...0.1, using: &random))
                append(scale)
                if type == SPYRE_TYPE_Q8_0 {
                    for _ in 0..<32 {
                        let quant = Int8.random(in: -128...127, using: &random)
                        append(quant)
                        values.append(Double(scale) * Double(quant))
                    }
                } else {
                    let minimum = Float16(Float.random(in: -1...1, using: &random))
                    append(minimum)
                    let packed = (0..<16).map { _ in UInt8.random(in: 0...255, using: &random) }
                    bytes.append(contentsOf: packed)
                    values += packed.map { Double(scale) * Double($0 & 15) + Double(minimum) }
                    values += packed.map { Double(scale) * Double($0 >> 4) + Double(minimum) }
                }
            }
        }
        return Weight(type: type, bytes: bytes, values: values, outputs: outputs, columns: columns)
    }

    static func product(_ device: Device, _ weight: Weight, _ image: spyre_span, _ input: [Float], rows: Int) throws
        -> [Float]
    {
        let output = try device.room(bytes: rows * weight.outputs * 4)
        var desc = spyre_matmul_desc()
        desc.struct_size = UInt32(MemoryLayout<spyre_matmul_desc>.size)
        desc.weight_type = spyre_type(weight.type)
        desc.weight = image
        desc.outputs = Int64(weight.outputs)
        desc.columns = Int64(weight.columns)
        desc.rows = spyre_extent_fixed(Int64(rows))
        desc.input = try device.span(input)
        desc.input_stride = Int64(weight.columns)
        desc.output = output
        desc.output_stride = Int64(weight.outputs)
        desc.scale = 1
        try check { spyre_stream_matmul(device.stream, &desc, $0) }
        return try device.read(output, count: rows * weight.outputs, as: 0)
    }

    /// Largest error of one activation after the kernel has prepared it for its type.
    static func inputError(_ type: Int, _ row: ArraySlice<Float>, terms: Int32 = 1) -> Double {
        switch type {
        case SPYRE_TYPE_F32: 0
        case SPYRE_TYPE_BF16: terms == 2 ? 0x1p-16 : 0x1p-8
        // A second term is to what the first left over as the first is to the row.
        default: Double(row.map(abs).max() ?? 0) * (terms == 2 ? 0.5001 / 127 : 1) / 127 * 0.5001
        }
    }

    @Test(arguments: Device.runnable, [SPYRE_TYPE_F32, SPYRE_TYPE_BF16, SPYRE_TYPE_Q8_0, SPYRE_TYPE_Q4_1])
    func everyElementIsWithinTheBound(isa: String, type: Int) throws {
        let device = try Device(isa: isa)
        var random = SplitMix64(seed: 7)
        let shapes = [(1, 1, 32), (1, 130, 64), (2, 64, 96), (3, 65, 32), (5, 127, 64), (8, 200, 160), (13, 96, 64)]
        for (rows, outputs, columns) in shapes {
            let weight = Self.weight(type: type, outputs: outputs, columns: columns, using: &random)
            let image = try device.weight(
                weight.bytes, type: type, sourceType: type, outputs: outputs, columns: columns)
            let input = random.floats(rows * columns)
            let result = try Self.product(device, weight, image, input, rows: rows)
            for row in 0..<rows {
                let x = input[row * columns..<(row + 1) * columns]
                let error = Self.inputError(type, x)
                for output in 0..<outputs {
                    var exact = 0.0, sizes = 0.0, weights = 0.0
                    for k in 0..<columns {
                        let w = weight.values[output * columns + k]
                        exact += w * Double(x[x.startIndex + k])
                        sizes += abs(w * Double(x[x.startIndex + k]))
                        weights += abs(w)
                    }
                    // gamma_n for the sum (Higham 2002, 3.1), plus what preparing the activations may cost.
                    let n = Double(columns + 8) * 0x1p-24
                    let prepared = type == SPYRE_TYPE_BF16 ? error * sizes : error * weights
                    let bound = n / (1 - n) * (sizes + 32 * prepared) + prepared + 1e-30
                    let got = Double(result[row * outputs + output])
                    #expect(abs(got - exact) <= bound, "\(isa) \(type) \(rows)x\(outputs)x\(columns) \(row) \(output)")
                }
            }
        }
    }

    @Test(arguments: Device.runnable, [SPYRE_TYPE_F32, SPYRE_TYPE_BF16, SPYRE_TYPE_Q8_0, SPYRE_TYPE_Q4_1])
    func aRowHasTheSameBitsInAnyBatchAndThreadCount(isa: String, type: Int) throws {
        var random = SplitMix64(seed: 11)
        let (outputs, columns, most) = (192, 128, 23)
        let weight = Self.weight(type: type, outputs: outputs, columns: columns, using: &random)
        let input = random.floats(most * columns)
        var expected: [Float] = []
        for threads: Int32 in [1, 2, 3] {
            let device = try Device(isa: isa, threads: threads)
            let image = try device.weight(
                weight.bytes, type: type, sourceType: type, outputs: outputs, columns: columns)
            for rows in [1, 2, 3, 4, 5, 6, 7, 8, 9, most] {
                let x = Array(input.prefix(rows * columns))
                let result = try Self.product(device, weight, image, x, rows: rows)
                if expected.isEmpty {
                    for row in 0..<most {
                        let one = Array(input[row * columns..<(row + 1) * columns])
                        expected += try Self.product(device, weight, image, one, rows: 1)
                    }
                }
                #expect(result.map(\.bitPattern) == expected.prefix(rows * outputs).map(\.bitPattern), "\(rows) rows")
            }
        }
    }

    /// A row with an infinity or NaN gives NaN, a row of zeros or of subnormals nothing to speak of, and the row
    /// between them is not disturbed. Quantising must neither trap nor wrap round on the way.
    @Test(arguments: Device.runnable, [SPYRE_TYPE_F32, SPYRE_TYPE_BF16, SPYRE_TYPE_Q8_0, SPYRE_TYPE_Q4_1])
    func rowsThatAreNotFiniteStayByThemselves(isa: String, type: Int) throws {
        let device = try Device(isa: isa)
        var random = SplitMix64(seed: 13)
        let (outputs, columns) = (70, 64)
        let weight = Self.weight(type: type, outputs: outputs, columns: columns, using: &random)
        let image = try device.weight(weight.bytes, type: type, sourceType: type, outputs: outputs, columns: columns)
        let plain = random.floats(columns)
        var nan = plain, infinite = plain
        nan[5] = .nan
        (infinite[40], infinite[41]) = (.infinity, -.infinity)
        let zero = [Float](repeating: 0, count: columns), tiny = zero.map { _ in Float.leastNonzeroMagnitude }
        let rows = [nan, plain, infinite, plain, zero, tiny, plain]
        let result = try Self.product(device, weight, image, rows.flatMap(\.self), rows: rows.count)
        let alone = try Self.product(device, weight, image, plain, rows: 1)
        func row(_ r: Int) -> ArraySlice<Float> { result[r * outputs..<(r + 1) * outputs] }
        #expect(row(0).allNaN && row(2).contains { $0.isNaN })
        for r in [1, 3, 6] { #expect(Array(row(r)) == alone) }
        #expect(row(4).allSatisfy { $0 == 0 } && row(5).allSatisfy { abs($0) < 1e-36 })
    }

    @Test(arguments: Device.runnable)
    func anIndexOutsideTheInputGivesNaN(isa: String) throws {
        let device = try Device(isa: isa)
        var d = try Valid.matmul(device)
        d.row_index = try device.span([7, -1] as [Int32])
        d.residual = spyre_span()
        try device.run(spyre_stream_matmul, d)
        #expect(try device.floats(d.output, 128).allNaN)
    }

    @Test func aWrongShapeIsRefusedByName() throws {
        let device = try Device(isa: "reference")
        var desc = spyre_matmul_desc()
        desc.struct_size = UInt32(MemoryLayout<spyre_matmul_desc>.size)
        desc.weight_type = spyre_type(SPYRE_TYPE_Q4_1)
        desc.outputs = 64
        desc.columns = 33
        desc.rows = spyre_extent_fixed(1)
        let failure = #expect(throws: ABIFailure.self) {
            try check { spyre_stream_matmul(device.stream, &desc, $0) }
        }
        #expect(failure?.description == "matmul: columns must be a multiple of 32 for Q4_1, got 33")
    }
}
