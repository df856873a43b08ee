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

    /// Every width, batch and special value. Embedding has no variants, so that no line of the registry asks for it.
    @Test(arguments: Device.runnable, WeightFormat.all)
    func everyElementIsWithinTheBound(isa: String, format: WeightFormat) throws {
        let trial = Trial(kernel: "embedding of \(format.name)", isa: isa)
        try trial.embeds(format)
        #expect(trial.elements > 0)
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
