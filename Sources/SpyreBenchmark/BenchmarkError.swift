/// Why a measurement cannot be made: one line that says what to do.
package struct BenchmarkError: Error, Equatable, CustomStringConvertible {
    package enum Kind: Sendable {
        /// What was asked for does not exist.
        case request
        /// A kernel computed something else than it should.
        case wrongResult
        /// Memory, or a thing that the machine does not have.
        case machine
    }

    package let kind: Kind
    package let description: String

    package init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
