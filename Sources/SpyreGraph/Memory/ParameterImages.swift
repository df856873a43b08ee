import CSpyreKernels
import SpyreDevice

/// Device memory of a model's weights, each image packed once.
public final class ParameterImages {
    private let stream: Stream
    private var buffers: [ParameterImage: Buffer] = [:]

    public init(stream: Stream) {
        self.stream = stream
    }

    /// Bytes that `load` will add.
    public func missingByteCount(for graph: Graph) throws(GraphError) -> Int {
        var total = 0
        for image in missing(in: graph) {
            let (sum, overflow) = total.addingReportingOverflow(try image.byteCount())
            guard !overflow else { throw .malformed("the weights have more bytes than can be counted") }
            total = sum
        }
        return total
    }

    /// Packs what `graph` reads and is not there yet. `source` is needed for the duration of the call only.
    public func load(
        for graph: Graph, from source: any ParameterSource,
        progress: ((_ completed: Int, _ total: Int) -> Void)? = nil
    ) throws(GraphError) {
        let wanted = missing(in: graph)
        for (index, image) in wanted.enumerated() {
            buffers[image] = try makeBuffer(image, source)
            progress?(index + 1, wanted.count)
        }
    }

    private func missing(in graph: Graph) -> [ParameterImage] {
        var seen = Set(buffers.keys)
        return graph.nodes.flatMap(\.operation.images).filter { seen.insert($0).inserted }
    }

    func buffer(of image: ParameterImage) throws(GraphError) -> Buffer {
        guard let buffer = buffers[image] else { throw .malformed("a weight image was not loaded: \(image)") }
        return buffer
    }

    private func makeBuffer(_ image: ParameterImage, _ source: any ParameterSource) throws(GraphError) -> Buffer {
        switch image {
        case .matrix(let parts, _): try makeMatrix(image, parts, source)
        case .vector(let parts, _): try makeVector(image, parts, source)
        }
    }

    private func makeMatrix(_ image: ParameterImage, _ parts: [Parameter], _ source: any ParameterSource)
        throws(GraphError) -> Buffer
    {
        let bytes = try image.byteCount()
        let buffer = try deviceCall { () throws(DeviceError) in
            try Buffer(device: stream.device, byteCount: bytes)
        }
        for (index, part) in parts.enumerated() {
            var desc = spyre_weight_pack_desc()
            desc.type = part.type.code
            desc.rows = Int64(part.outputs)
            desc.columns = Int64(part.columns)
            desc.outputs = Int64(image.imageOutputs)
            let placement = image.placement(ofPart: index)
            desc.first_output = Int64(placement.first)
            desc.group = Int64(placement.group)
            desc.group_stride = Int64(placement.stride)
            try source.withMatrix(part) { bytes, type throws(GraphError) in
                desc.source = bytes.baseAddress
                desc.source_type = type.code
                try deviceCall { () throws(DeviceError) in try stream.packWeight(desc, into: buffer) }
            }
        }
        return buffer
    }

    private func makeVector(_ image: ParameterImage, _ parts: [VectorPart], _ source: any ParameterSource)
        throws(GraphError) -> Buffer
    {
        var values = [Float](repeating: 0, count: image.imageOutputs)
        for (index, part) in parts.enumerated() {
            guard let name = part.name else { continue }
            let elements = try source.vector(name)
            guard elements.count == part.count else {
                throw .parameter(name: name, reason: "has \(elements.count) elements, expected \(part.count)")
            }
            let placement = image.placement(ofPart: index)
            for (i, element) in elements.enumerated() { values[placement.output(ofRow: i)] = element }
        }
        return try deviceCall { () throws(DeviceError) in
            let buffer = try Buffer(device: stream.device, byteCount: values.count * 4)
            try stream.write(values, to: buffer)
            return buffer
        }
    }
}
