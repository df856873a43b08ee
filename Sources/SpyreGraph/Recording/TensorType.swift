/// Shape and element type of a value: `[rows, columns]`, row-major and dense unless it is a view.
public struct TensorType: Hashable, Sendable, CustomStringConvertible {
    public enum Element: String, Sendable {
        case float32 = "f32"
        case int32 = "i32"
    }

    public var element: Element
    public var rows: Dimension
    public var columns: Int

    public init(_ element: Element = .float32, rows: Dimension, columns: Int) {
        self.element = element
        self.rows = rows
        self.columns = columns
    }

    public var description: String { "\(element.rawValue)[\(rows), \(columns)]" }
}
