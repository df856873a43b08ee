/// One op of a graph and what it computes.
public struct Node: Sendable {
    public let value: Value
    public var type: TensorType
    public var operation: any Operation

    public init(value: Value, type: TensorType, operation: any Operation) {
        self.value = value
        self.type = type
        self.operation = operation
    }
}
