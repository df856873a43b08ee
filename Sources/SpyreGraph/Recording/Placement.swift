/// Where an op leaves its result.
public enum Placement: Equatable, Sendable {
    /// Memory of its own.
    case own
    /// Memory of its own, or that of an operand which nobody reads afterwards.
    case ownOrReuse(Value)
    /// The op changes an operand; nobody else may read that operand from then on.
    case inPlace(Value)
    /// Columns of an operand's memory, from the given one; the op itself does nothing.
    case view(Value, column: Int)
    /// Memory that whoever launches the graph provides.
    case external
}
