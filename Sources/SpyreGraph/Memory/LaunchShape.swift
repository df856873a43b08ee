/// Sizes of one step.
public struct LaunchShape: Hashable, Sendable, CustomStringConvertible {
    public var rows: Int
    public var sequences: Int
    public var logitRows: Int

    public init(rows: Int, sequences: Int, logitRows: Int) {
        self.rows = rows
        self.sequences = sequences
        self.logitRows = logitRows
    }

    public var description: String { "\(rows) rows x \(sequences) sequences x \(logitRows) logit rows" }

    func size(of dimension: Dimension) -> Int {
        switch dimension {
        case .fixed(let size): size
        case .symbol(.rows): rows
        case .symbol(.sequences): sequences
        case .symbol(.logitRows): logitRows
        }
    }

    func contains(_ other: LaunchShape) -> Bool {
        other.rows <= rows && other.sequences <= sequences && other.logitRows <= logitRows
    }
}
