/// One line of what `spyre bench kernels` finds.
package struct KernelRow: MeasuredRow, Equatable {
    package let op: String
    package let dtype: String
    package let shape: String
    package let figures: KernelFigures
    package let isMemoryBound: Bool
    package let peer: Peer?

    package struct Peer: Sendable, Equatable, Encodable {
        package let name: String
        package let seconds: Double
        /// Their time over ours.
        package let ratio: Double
    }

    package init(_ kernel: KernelCase, _ figures: KernelFigures, _ samples: KernelSamples) {
        self.init(
            op: kernel.family.name, dtype: kernel.dtype, shape: "\(kernel.shape)", figures: figures, samples: samples)
    }

    package init(op: String, dtype: String, shape: String, figures: KernelFigures, samples: KernelSamples) {
        self.op = op
        self.dtype = dtype
        self.shape = shape
        self.figures = figures
        isMemoryBound = samples.isMemoryBound
        peer = samples.peer.map {
            Peer(
                name: $0, seconds: Statistics.median(samples.peerSeconds), ratio: Statistics.median(samples.peerRatios))
        }
    }

    package var gbps: Double { Double(figures.work.traffic.bytes) / figures.seconds.median * 1e-9 }
}

extension KernelRow: Encodable {
    private enum CodingKeys: String, CodingKey {
        case kind, op, dtype, shape, bytes, bound, gops, gbps, peer
        case readBytes = "read_bytes"
        case writtenBytes = "written_bytes"
        case updatedBytes = "updated_bytes"
        case workingSet = "working_set_bytes"
        case computeType = "compute_type"
    }

    package func encode(to encoder: any Encoder) throws {
        try figures.encode(to: encoder)
        var fields = encoder.container(keyedBy: CodingKeys.self)
        let work = figures.work
        try fields.encode("kernel", forKey: .kind)
        try fields.encode(op, forKey: .op)
        try fields.encode(dtype, forKey: .dtype)
        try fields.encode(shape, forKey: .shape)
        try fields.encode(work.type, forKey: .computeType)
        try fields.encode(work.traffic.bytes, forKey: .bytes)
        try fields.encode(work.traffic.read, forKey: .readBytes)
        try fields.encode(work.traffic.written, forKey: .writtenBytes)
        try fields.encode(work.traffic.updated, forKey: .updatedBytes)
        try fields.encode(work.traffic.workingSet, forKey: .workingSet)
        try fields.encode(isMemoryBound ? "memory" : "compute", forKey: .bound)
        try fields.encode([(.gops, figures.gops), (.gbps, gbps)], digits: 5)
        try fields.encodeIfPresent(peer, forKey: .peer)
    }
}
