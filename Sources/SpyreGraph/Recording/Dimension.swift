/// A size that is known when a graph is recorded, or given at each launch.
public enum Dimension: Hashable, Sendable, CustomStringConvertible {
    case fixed(Int)
    case symbol(Symbol)

    /// The sizes of a step.
    public enum Symbol: Int32, Sendable, CaseIterable {
        // Raw values are the numbers of the launch scalars of a captured program.
        case rows = 1
        case sequences = 2
        case logitRows = 3
    }

    public var description: String {
        switch self {
        case .fixed(let size): "\(size)"
        case .symbol(let symbol): "\(symbol)"
        }
    }
}
