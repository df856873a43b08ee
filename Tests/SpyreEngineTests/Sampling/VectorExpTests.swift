import Foundation
import Testing

@testable import SpyreEngine

@Suite struct VectorExpTests {
    @Test func relativeErrorIsBelowTheBound() {
        var worst = 0.0
        for step in 0...20_000 {
            let x = Float(-87) * Float(step) / 20_000
            let e = VectorExp.exp(x)
            worst = max(worst, abs(Double(e) / exp(Double(x)) - 1))
        }
        #expect(worst < 2e-7)
    }

    @Test(arguments: [0, -0.0, -1e-30] as [Float])
    func ones(x: Float) { #expect(VectorExp.exp(x) == 1) }

    @Test(arguments: [-87.001, -.infinity, -1e30, -.greatestFiniteMagnitude] as [Float])
    func vanishingValues(x: Float) { #expect(VectorExp.exp(x) == 0) }

    @Test func theLastValueIsPositive() { #expect(VectorExp.exp(-87) > 0) }

    @Test(arguments: [1, 3, 4, 5, 100, 511, 512, 513, 1_001, 1_029])
    func sums(count: Int) {
        var generator = TestGenerator(UInt64(count))
        var row = generator.row(count)
        let shift = row.max() ?? 0
        let expected = row.reduce(0.0) { $0 + exp(Double($1) - Double(shift)) }
        let sum = row.withUnsafeBufferPointer { VectorExp.sum($0, shift: shift) }
        #expect(abs(sum / expected - 1) < 2e-7)
        let scaled = row.map { exp((Double($0) - Double(shift)) * 0.5) }
        let total = row.withUnsafeMutableBufferPointer { VectorExp.exponentiate($0, shift: shift, scale: 0.5) }
        #expect(abs(total / scaled.reduce(0, +) - 1) < 2e-7)
        for (got, wanted) in zip(row, scaled) { #expect(abs(Double(got) / wanted - 1) < 1e-6) }
    }
}
