import CSpyreKernels
import Foundation

/// An elementwise op in float64, and how far float32 may be from it.
struct ElementwiseFormula: Sendable {
    let name: String
    let kind: Int
    let hasSecondOperand: Bool
    /// Of one element; exp and its like count as 16.
    let operations: Double
    let bound: String
    let value: @Sendable (_ a: Double, _ b: Double) -> Double
    let error: @Sendable (_ y: Double, _ b: Double) -> Double

    /// What the descriptor's scale is.
    static let scale: Float = 0.75

    /// Units in the last place, each at most 2 u of the value.
    private static func ulps(_ count: Double) -> @Sendable (Double, Double) -> Double {
        { y, _ in count * 0x1p-23 * abs(y) + 0x1p-126 }
    }

    static let all: [ElementwiseFormula] = [
        ElementwiseFormula(
            name: "add", kind: SPYRE_ELEMENTWISE_ADD, hasSecondOperand: true, operations: 2, bound: "u (|y| + |b|)",
            value: { $0 + Double(scale) * $1 }, error: { 0x1p-24 * (abs($0) + abs($1)) }),
        ElementwiseFormula(
            name: "silu_mul", kind: SPYRE_ELEMENTWISE_SILU_MUL, hasSecondOperand: true, operations: 20,
            bound: "3.5 ulp", value: { $0 / (1 + exp(-$0)) * $1 }, error: ulps(3.5)),
        ElementwiseFormula(
            name: "gelu", kind: SPYRE_ELEMENTWISE_GELU, hasSecondOperand: false, operations: 32, bound: "5 ulp",
            value: { x, _ in x / 2 * erfc(-x / 2.0.squareRoot()) }, error: ulps(5)),
        ElementwiseFormula(
            name: "gelu_tanh", kind: SPYRE_ELEMENTWISE_GELU_TANH, hasSecondOperand: false, operations: 26,
            bound: "5 ulp",
            value: { x, _ in x / 2 * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x))) },
            error: ulps(5)),
    ]
}
