import CSpyreKernels
import Foundation
import Testing

/// exp and silu on a grid over all of float32.
@Suite struct ExpTests {
    /// Every `step`-th number from -150 to 150, the neighbours of the places where exp overflows, turns subnormal and
    /// vanishes, and what is not a number.
    static func grid(step: Int) -> [Float] {
        let last = Float(150).bitPattern
        var bits = stride(from: 0, through: Int(last), by: step).flatMap { [UInt32($0), UInt32($0) | 1 << 31] }
        for edge: Float in [88.722_84, 89, -87.336_54, -103.278_93, -103.972_08, -104, 0.346_573_6, -0.346_573_6] {
            bits += (edge.bitPattern - 100)...(edge.bitPattern + 100)
        }
        bits += (0...100).flatMap { [$0, $0 | 1 << 31] }
        let special: [Float] = [
            .infinity, -.infinity, .nan, -.nan, .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
        ]
        return bits.map(Float.init(bitPattern:)) + special + [.leastNormalMagnitude, 1e30, -1e30]
    }

    @Test(arguments: Device.runnable)
    func expIsWithinTheStatedUlps(isa: String) throws {
        let kernel = try expKernel(isa)
        let x = Self.grid(step: 16_411)
        var y = x
        let sum = y.withUnsafeMutableBufferPointer { row in
            row.baseAddress.map { kernel($0, 0, Int64(row.count)) }
        }
        #expect(sum?.isNaN == true)
        for (x, y) in zip(x, y) {
            let error = ulps(y, exp(Double(x)))
            // Past the last half of a subnormal the result is zero, not the smallest number.
            if !(error <= 1.1) || (x < -103.98 && y != 0) { Issue.record("\(isa): exp(\(x)) = \(y), \(error) ulp off") }
        }
    }

    /// The tail of a row goes one by one: the same bits as in a vector, and a sum that counts no other lane.
    @Test(arguments: Device.runnable)
    func tailsAreTheSameAndNothingElseIsWritten(isa: String) throws {
        let kernel = try expKernel(isa)
        var random = SplitMix64(seed: 111)
        let x = random.floats(40)
        let single = x.map { value in
            var one = [value]
            _ = one.withUnsafeMutableBufferPointer { $0.baseAddress.map { kernel($0, 0.5, 1) } }
            return one[0]
        }
        for count in 0...33 {
            var row = x
            let sum =
                row.withUnsafeMutableBufferPointer { $0.baseAddress.map { kernel($0, 0.5, Int64(count)) } } ?? .nan
            #expect(Array(row.prefix(count)) == Array(single.prefix(count)))
            #expect(row.suffix(40 - count) == x.suffix(40 - count))
            let exact = single.prefix(count).reduce(0.0) { $0 + Double($1) }
            #expect(abs(Double(sum) - exact) <= gamma(count) * exact)
        }
    }

    /// 2.5 ulp from -88 up. Below, 1 + exp(-x) overflows and silu is zero, less than 3e-37 off;
    /// silu(-inf) is NaN.
    @Test(arguments: Device.runnable)
    func siluIsWithinTheStatedUlps(isa: String) throws {
        let device = try Device(isa: isa)
        let x = Self.grid(step: 65_537)
        let ones = [Float](repeating: 1, count: x.count)
        let y = try ElementwiseTests.run(
            device, kind: SPYRE_ELEMENTWISE_SILU_MUL, target: .apart, columns: x.count, a: x, b: ones, scale: 1)
        for (x, y) in zip(x, y) {
            if x.isNaN || x == -.infinity {
                #expect(y.isNaN)
            } else if x >= -88 {
                let error = ulps(y, Oracle.silu(Double(x)))
                if !(error <= 2.5) { Issue.record("\(isa): silu(\(x)) is \(error) ulp off") }
            } else {
                #expect(abs(Double(y) - Oracle.silu(Double(x))) < 3e-37)
            }
        }
    }
}
