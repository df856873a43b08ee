/// How a static batch fills its shape.
public struct StaticBatch: Sendable, Equatable {
    public enum Row: Sendable, Equatable {
        /// Runs the tokens of `items[index]`, its prompt padded on the left to the shape's.
        case item(Int)
        /// Its request has ended. Until the batch ends the row is fed token 0 and written to block 0.
        case ended
        /// The batch has fewer requests than the shape has rows: token 0 throughout, written to block 0.
        case dummy
    }

    public var shape: WarmupShape
    /// As many as the shape's batch size.
    public var rows: [Row]

    public init(shape: WarmupShape, rows: [Row]) {
        self.shape = shape
        self.rows = rows
    }
}
