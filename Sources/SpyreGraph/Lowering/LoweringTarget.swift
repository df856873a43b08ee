import CSpyreKernels
import SpyreDevice

/// Where a graph's ops are enqueued and where their operands lie.
public final class LoweringTarget {
    private let stream: Stream
    private let graph: Graph
    private let memory: GraphMemory
    private let extent: (Dimension) -> spyre_extent

    /// - Parameter extent: the size of a dimension, fixed or as a launch scalar.
    init(stream: Stream, graph: Graph, memory: GraphMemory, extent: @escaping (Dimension) -> spyre_extent) {
        self.stream = stream
        self.graph = graph
        self.memory = memory
        self.extent = extent
    }

    /// Enqueues every node in order.
    func lower() throws(GraphError) {
        for node in graph.nodes { try node.operation.enqueue(result: node.value, on: self) }
    }

    func enqueue(_ body: (Stream) throws(DeviceError) -> Void) throws(GraphError) {
        try deviceCall { () throws(DeviceError) in try body(stream) }
    }

    // MARK: Operands

    func span(of value: Value) throws(GraphError) -> spyre_span {
        let location = try location(of: value)
        guard let input = location.input else { return memory.workspace.span(at: location.offset) }
        guard let buffer = memory.inputs[input] else { throw .malformed("an input has no memory") }
        return buffer.span(at: location.offset)
    }

    /// Elements from one row to the next.
    func stride(of value: Value) throws(GraphError) -> Int64 { Int64(try location(of: value).stride) }

    func rows(of value: Value) throws(GraphError) -> spyre_extent {
        guard let type = memory.types[value] else { throw .malformed("a value has no type") }
        return extent(type.rows)
    }

    func span(of image: ParameterImage) throws(GraphError) -> spyre_span { try memory.images.buffer(of: image).span() }

    func kvCache(layer: Int, heads: AttentionHeads) throws(GraphError) -> spyre_kv_cache {
        guard heads.kvCount == memory.cache.heads.kvCount, heads.size == memory.cache.heads.size else {
            throw .malformed("layer \(layer) has other KV heads than the cache")
        }
        return try memory.cache.descriptor(layer: layer)
    }

    /// Scales of a layer whose cache `kvCache` gave.
    func kvScales(layer: Int) -> spyre_kv_scales { memory.cache.scaleDescriptor(layer: layer) }

    func columns(of value: Value) throws(GraphError) -> Int {
        guard let type = memory.types[value] else { throw .malformed("a value has no type") }
        return type.columns
    }

    private func location(of value: Value) throws(GraphError) -> MemoryPlan.Location {
        guard let location = memory.plan.locations[value] else { throw .malformed("a value has no memory") }
        return location
    }
}
