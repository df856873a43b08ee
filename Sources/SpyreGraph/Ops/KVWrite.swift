import CSpyreKernels
import SpyreDevice

/// Writes a layer's new keys and values to their slots of the paged cache. The result is only a name for the effect.
struct KVWrite: Operation {
    static let name = "kv_write"
    var keys: Value
    var values: Value
    var slots: Value
    var layer: Int
    var heads: AttentionHeads

    var operands: [Value] { [keys, values, slots] }
    mutating func mapOperands(_ transform: (Value) -> Value) {
        keys = transform(keys)
        values = transform(values)
        slots = transform(slots)
    }
    var attributes: [String] { ["layer: \(layer)"] }
    var placement: Placement { .view(values, column: 0) }
    var hasEffect: Bool { true }

    func enqueue(result: Value, on target: LoweringTarget) throws(GraphError) {
        var desc = try target.kvWrite(keys: keys, values: values, slots: slots, layer: layer, heads: heads)
        desc.rows = try target.rows(of: keys)
        try target.enqueue { stream throws(DeviceError) in try stream.kvWrite(desc) }
    }
}
