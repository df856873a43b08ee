import CSpyreKernels
import SpyreDevice

/// `scale * table[ids[i]]`
struct Embedding: Operation {
    static let name = "embedding"
    var ids: Value
    var table: Parameter
    var scale: Float = 1

    var operands: [Value] { [ids] }
    mutating func mapOperands(_ transform: (Value) -> Value) { ids = transform(ids) }
    var attributes: [String] { [table.printed] + (scale == 1 ? [] : ["scale: \(scale)"]) }
    var images: [ParameterImage] { [tableImage] }

    private var tableImage: ParameterImage { .matrix([table], arrangement: .stacked) }

    func enqueue(result: Value, on target: LoweringTarget) throws(GraphError) {
        var desc = spyre_embedding_desc()
        desc.table_type = table.type.code
        desc.table = try target.span(of: tableImage)
        desc.vocabulary = Int64(table.outputs)
        desc.columns = Int64(table.columns)
        desc.ids = try target.span(of: ids)
        desc.rows = try target.rows(of: result)
        desc.output = try target.span(of: result)
        desc.output_stride = try target.stride(of: result)
        desc.scale = scale
        try target.enqueue { stream throws(DeviceError) in try stream.embedding(desc) }
    }
}
