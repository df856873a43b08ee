import SpyreDevice

/// The memory that a compiled graph works in. It outlives every program made of the graph.
final class GraphMemory {
    let plan: MemoryPlan
    let types: [Value: TensorType]
    let workspace: Buffer
    let inputs: [Value: Buffer]
    let inputsByName: [String: Buffer]
    let images: ParameterImages
    let cache: KVCache

    init(graph: Graph, plan: MemoryPlan, maximum: LaunchShape, images: ParameterImages, cache: KVCache, device: Device)
        throws(GraphError)
    {
        self.plan = plan
        types = Dictionary(uniqueKeysWithValues: graph.nodes.map { ($0.value, $0.type) })
        self.images = images
        self.cache = cache
        var inputs: [Value: Buffer] = [:]
        var inputsByName: [String: Buffer] = [:]
        let workspaceBytes = max(plan.byteCount, 1)
        do throws(DeviceError) {
            workspace = try Buffer(device: device, byteCount: workspaceBytes)
            for node in graph.nodes {
                guard let input = node.operation as? Input else { continue }
                // One row more than the type says: query_starts has one entry more than there are sequences.
                let elements = (maximum.size(of: node.type.rows) + 1) * node.type.columns
                let buffer = try Buffer(device: device, byteCount: elements * 4)
                inputs[node.value] = buffer
                inputsByName[input.name] = buffer
            }
        } catch {
            throw .device(error)
        }
        self.inputs = inputs
        self.inputsByName = inputsByName
    }
}
