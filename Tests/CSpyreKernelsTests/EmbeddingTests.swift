import CSpyreKernels
import Testing

/// Rows of a table, for every type of table.
@Suite struct EmbeddingTests {
    static func describe(_ device: Device, _ weight: Weight, _ ids: [Int32], scale: Float, output: Matrix)
        throws -> spyre_embedding_desc
    {
        var desc = descriptor(spyre_embedding_desc.self)
        desc.table_type = spyre_type(weight.type)
        // Zero where no row is packed, so that a row past the vocabulary could not pass for NaN.
        let bytes = spyre_weight_bytes(spyre_type(weight.type), Int64(weight.outputs), Int64(weight.columns))
        desc.table = try device.weight(
            weight.bytes, type: weight.type, sourceType: weight.type, outputs: weight.outputs, columns: weight.columns,
            scales: weight.scales, into: try device.span([UInt8](repeating: 0, count: Int(bytes))))
        desc.vocabulary = Int64(weight.outputs)
        desc.columns = Int64(weight.columns)
        desc.ids = try device.span(ids)
        desc.rows = spyre_extent_fixed(Int64(ids.count))
        desc.output = output.span
        desc.output_stride = Int64(output.stride)
        desc.scale = scale
        return desc
    }

    /// Scale times the value, which is rounded to float32 first where it has more digits; with a minimum, two terms are
    /// added, each rounded once.
    @Test(arguments: Device.runnable, WeightFormat.all.map(\.type))
    func everyElementIsWithinTheBound(isa: String, type: Int) throws {
        for edge in Device.Edge.allCases {
            let device = try Device(isa: isa, edge: edge)
            var random = SplitMix64(seed: 21)
            let block = WeightFormat.named(type)?.block ?? 1
            for columns in block == 1 ? [1, 33, 64] : [block, 3 * block] {
                let weight = Weight.random(type: type, outputs: 70, columns: columns, using: &random)
                let ids: [Int32] = [0, 69, 63, 64, 1, 1, 65]
                let output = try Matrix(device, rows: ids.count, columns: columns, stride: columns + 3)
                let scale: Float = 1.7
                let desc = try Self.describe(device, weight, ids, scale: scale, output: output)
                try device.run(spyre_stream_embedding, desc)
                for (id, row) in zip(ids, try output.read(device)) {
                    for k in 0..<columns {
                        let exact = weight.values[Int(id) * columns + k]
                        let size = weight.sizes[Int(id) * columns + k]
                        if size == abs(exact) {
                            #expect(row[k] == Float(exact) * scale)
                        } else {
                            #expect(abs(Double(row[k]) - exact * Double(scale)) <= gamma(2) * size * Double(scale))
                        }
                    }
                }
            }
        }
    }

    @Test(arguments: Device.runnable)
    func anIdOutsideTheVocabularyGivesARowOfNaNAndNoOther(isa: String) throws {
        let device = try Device(isa: isa)
        var random = SplitMix64(seed: 22)
        let weight = Weight.random(type: SPYRE_TYPE_F32, outputs: 70, columns: 40, using: &random)
        let ids: [Int32] = [3, -1, 70, 4, .min, .max, 127]
        let output = try Matrix(device, rows: ids.count, columns: 40)
        try device.run(spyre_stream_embedding, try Self.describe(device, weight, ids, scale: 1, output: output))
        for (id, row) in zip(ids, try output.read(device)) {
            if (0..<70).contains(id) {
                #expect(row.map(Double.init) == Array(weight.values[Int(id) * 40..<Int(id) * 40 + 40]))
            } else {
                #expect(row.allNaN)
            }
        }
    }
}
