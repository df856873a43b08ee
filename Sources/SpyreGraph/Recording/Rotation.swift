/// How rotary position embedding turns a head (Su et al. 2021).
public struct Rotation: Hashable, Sendable {
    public enum Layout: String, Sendable {
        /// Pairs (2j, 2j + 1).
        case interleaved
        /// Pairs (j, j + size / 2).
        case halfSplit = "half_split"
    }

    /// Cosines and sines, float32 `[positions, headSize / 2, 2]`: a vector parameter of positions * headSize elements.
    public var table: Parameter
    public var positions: Int
    public var headSize: Int
    public var layout: Layout

    public init(table: Parameter, positions: Int, headSize: Int, layout: Layout) {
        self.table = table
        self.positions = positions
        self.headSize = headSize
        self.layout = layout
    }
}
