extension Graph {
    /// The weights as they lie in device memory, one line an image: `q ; k ; v: Q4_1[192, 64] in 3 panels, 7680 bytes`.
    public func imageDescription() throws(GraphError) -> String {
        var lines: [String] = []
        var seen: Set<ParameterImage> = []
        for image in nodes.flatMap(\.operation.images) where seen.insert(image).inserted {
            lines.append("\(image.printed), \(try image.byteCount()) bytes")
        }
        return lines.joined(separator: "\n")
    }
}

extension ParameterImage {
    fileprivate var printed: String {
        let separator = arrangement == .gateUp ? " | " : " ; "
        switch self {
        case .matrix(let parts, _):
            let names = parts.map(\.name).joined(separator: separator)
            let type = parts.first?.type.description ?? ""
            let panels = (imageOutputs + Self.panelOutputs - 1) / Self.panelOutputs
            return "\(names): \(type)[\(imageOutputs), \(parts.first?.columns ?? 0)] in \(panels) panels"
        case .vector(let parts, _):
            return "\(parts.map { $0.name ?? "zero" }.joined(separator: separator)): float32[\(imageOutputs)]"
        }
    }
}
