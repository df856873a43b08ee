/// Where the outputs of one part lie in an image: output `first + (row / group) * stride + row % group`.
struct PartPlacement: Equatable {
    var first: Int
    /// 0: one after another.
    var group: Int
    var stride: Int

    func output(ofRow row: Int) -> Int {
        group == 0 ? first + row : first + row / group * stride + row % group
    }
}

extension ParameterImage {
    func placement(ofPart index: Int) -> PartPlacement {
        switch arrangement {
        case .stacked:
            PartPlacement(first: outputsBefore(index), group: 0, stride: 0)
        case .gateUp:
            PartPlacement(
                first: index * Self.interleaveGroup, group: Self.interleaveGroup, stride: 2 * Self.interleaveGroup)
        }
    }

    private func outputsBefore(_ index: Int) -> Int {
        switch self {
        case .matrix(let parts, _): parts.prefix(index).reduce(0) { $0 + $1.outputs }
        case .vector(let parts, _): parts.prefix(index).reduce(0) { $0 + $1.count }
        }
    }
}
