import CSpyreKernels
import SpyreDevice

/// Device memory of a model's weights, each image packed once.
public final class ParameterImages {
    private let stream: Stream
    private let source: any ParameterSource
    private var buffers: [ParameterImage: Buffer] = [:]

    public init(stream: Stream, source: any ParameterSource) {
        self.stream = stream
        self.source = source
    }

    /// Bytes of all images.
    public var byteCount: Int { buffers.values.reduce(0) { $0 + $1.byteCount } }

    /// Packs what `graph` reads and is not there yet.
    public func load(for graph: Graph, progress: ((_ completed: Int, _ total: Int) -> Void)? = nil)
        throws(GraphError)
    {
        var wanted: [ParameterImage] = []
        var seen = Set(buffers.keys)
        for image in graph.nodes.flatMap(\.operation.images) where seen.insert(image).inserted { wanted.append(image) }
        for (index, image) in wanted.enumerated() {
            buffers[image] = try makeBuffer(image)
            progress?(index + 1, wanted.count)
        }
    }

    func buffer(of image: ParameterImage) throws(GraphError) -> Buffer {
        guard let buffer = buffers[image] else { throw .malformed("a weight image was not loaded: \(image)") }
        return buffer
    }

    private func makeBuffer(_ image: ParameterImage) throws(GraphError) -> Buffer {
        switch image {
        case .matrix(let parts, _): try makeMatrix(image, parts)
        case .vector(let parts, _): try makeVector(image, parts)
        }
    }

    private func makeMatrix(_ image: ParameterImage, _ parts: [Parameter]) throws(GraphError) -> Buffer {
        guard let first = parts.first,
            let bytes = first.type.weightByteCount(outputs: image.imageOutputs, columns: first.columns)
        else { throw .parameter(name: parts.first?.name ?? "", reason: "its shape has no image in device memory") }
        let buffer = try deviceCall { () throws(DeviceError) in
            try Buffer(device: stream.device, byteCount: bytes)
        }
        for (index, part) in parts.enumerated() {
            guard part.columns == first.columns, part.type == first.type else {
                throw .malformed("\(part) cannot share an image with \(first)")
            }
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

    private func makeVector(_ image: ParameterImage, _ parts: [VectorPart]) throws(GraphError) -> Buffer {
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
            let buffer = try Buffer(device: stream.device, byteCount: max(values.count, 1) * 4)
            try stream.write(values, to: buffer)
            return buffer
        }
    }
}
