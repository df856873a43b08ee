import CSpyreKernels
import SpyreDevice

extension LoweringTarget {
    func elementwise(_ kind: Int, _ a: Value, _ b: Value?, scale: Float, result: Value) throws(GraphError) {
        var desc = spyre_elementwise_desc()
        desc.kind = spyre_elementwise_kind(kind)
        desc.a = try span(of: a)
        desc.a_stride = try stride(of: a)
        if let b {
            desc.b = try span(of: b)
            desc.b_stride = try stride(of: b)
        }
        desc.output = try span(of: result)
        desc.output_stride = try stride(of: result)
        desc.columns = Int64(try columns(of: result))
        desc.rows = try rows(of: result)
        desc.scale = scale
        try enqueue { stream throws(DeviceError) in try stream.elementwise(desc) }
    }

    /// The part of a KV write that plain and fused writes share.
    func kvWrite(keys: Value, values: Value, slots: Value, layer: Int, heads: AttentionHeads)
        throws(GraphError) -> spyre_kv_write_desc
    {
        var desc = spyre_kv_write_desc()
        desc.cache = try kvCache(layer: layer, heads: heads)
        desc.scales = kvScales(layer: layer)
        desc.keys = try span(of: keys)
        desc.values = try span(of: values)
        desc.stride = try stride(of: keys)
        guard try stride(of: values) == desc.stride else {
            throw .malformed("kv_write: keys and values have different row strides")
        }
        desc.slots = try span(of: slots)
        return desc
    }
}
