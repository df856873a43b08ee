import CSpyreKernels
import SpyreDevice

/// What lies in device memory for one or several parameters. Equal images are packed once and shared, so a tied head
/// reads the embedding's.
public enum ParameterImage: Hashable, Sendable {
    /// A weight image in 64-column panels of the parts' rows.
    case matrix([Parameter], arrangement: Arrangement)
    /// float32 values, one for each output of the image.
    case vector([VectorPart], arrangement: Arrangement)

    /// How several parts share an image.
    public enum Arrangement: Hashable, Sendable {
        /// One after another.
        case stacked
        /// Two equal parts, 32 outputs of the first and 32 of the second in turn, so that a panel of 64 holds both
        /// factors of 32 results of SiLU·mul.
        case gateUp
    }

    /// Outputs of a panel.
    static let panelOutputs = Int(SPYRE_PANEL_COLUMNS)

    /// Outputs that are taken from each part in turn.
    static let interleaveGroup = 32

    /// Outputs of the whole image, padding of the interleaved arrangement included.
    var imageOutputs: Int {
        let counts = partOutputs
        switch arrangement {
        case .stacked: return counts.reduce(0, +)
        case .gateUp:
            let group = Self.interleaveGroup
            return 2 * group * (((counts.first ?? 0) + group - 1) / group)
        }
    }

    /// Bytes in device memory.
    func byteCount() throws(GraphError) -> Int {
        switch self {
        case .vector:
            let (bytes, overflow) = imageOutputs.multipliedReportingOverflow(by: 4)
            guard bytes > 0, !overflow else { throw .malformed("a vector image has no elements") }
            return bytes
        case .matrix(let parts, _):
            guard let first = parts.first else { throw .malformed("a weight image has no parts") }
            for part in parts where part.columns != first.columns || part.type != first.type {
                throw .malformed("\(part) cannot share an image with \(first)")
            }
            guard let bytes = first.type.weightByteCount(outputs: imageOutputs, columns: first.columns) else {
                throw .parameter(name: first.name, reason: "its shape has no image in device memory")
            }
            return bytes
        }
    }

    var arrangement: Arrangement {
        switch self {
        case .matrix(_, let arrangement), .vector(_, let arrangement): arrangement
        }
    }

    private var partOutputs: [Int] {
        switch self {
        case .matrix(let parts, _): parts.map(\.outputs)
        case .vector(let parts, _): parts.map(\.count)
        }
    }
}

/// Some values of a vector image; without a name they are zero.
public struct VectorPart: Hashable, Sendable {
    public var name: String?
    public var count: Int

    public init(name: String?, count: Int) {
        self.name = name
        self.count = count
    }

    init(_ parameter: Parameter) {
        self.init(name: parameter.name, count: parameter.columns)
    }
}
