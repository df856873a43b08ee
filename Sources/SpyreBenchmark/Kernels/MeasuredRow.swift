/// A row of measured figures, whose members read as the row's own.
@dynamicMemberLookup
package protocol MeasuredRow: Sendable {
    var figures: KernelFigures { get }
}

extension MeasuredRow {
    package subscript<Value>(dynamicMember member: KeyPath<KernelFigures, Value>) -> Value {
        figures[keyPath: member]
    }
}
