import Foundation
import Testing

/// 2^x for the weights of attention, on a grid over the floats from -130 to 0.
@Suite struct AttentionPowersTests {
    static let vectors = Device.runnable.filter { $0 != "reference" }

    static func grid() -> [Float] {
        let bits = stride(from: Float(-0.0).bitPattern, through: Float(-130).bitPattern, by: 8191)
        let edges: [Float] = [-0.5, -1, -1.5, -125.5, -126, -126.5, -127, -1e-30]
        return bits.map(Float.init(bitPattern:)) + edges.flatMap { [$0, $0.nextUp, $0.nextDown] }
    }

    /// 2.2 ulp down to 2^-126, and nothing below.
    @Test(arguments: vectors)
    func powersAreWithinTheStatedUlps(isa: String) throws {
        let x = Self.grid()
        for (x, y) in zip(x, try attentionPowers(isa, x, narrow: false)) {
            if x < -126 {
                #expect(y == 0, "2^\(x)")
            } else {
                let error = ulps(y, exp2(Double(x)))
                if !(error <= 2.2) { Issue.record("\(isa): 2^\(x) = \(y), \(error) ulp off") }
            }
        }
        let special = try attentionPowers(
            isa, [0, -.infinity, .nan, Float(bitPattern: 0x7fff_ffff), -.greatestFiniteMagnitude], narrow: false)
        #expect(special[0] == 1 && special[1] == 0 && special[2].isNaN && special[3].isNaN && special[4] == 0)
    }

    /// 2^-13.6 of the result down to 2^-125.9, and no more than that below: rounding to bfloat16 makes it 0 where it
    /// becomes subnormal, which may be at 2^-126 or just above.
    @Test(arguments: vectors)
    func shortPowersAreWithinTheStatedError(isa: String) throws {
        let x = Self.grid()
        for (x, y) in zip(x, try attentionPowers(isa, x, narrow: true)) {
            let exact = exp2(Double(x))
            if x < -125.9 {
                #expect(y >= 0 && Double(y) <= (1 + exp2(-13.6)) * exp2(max(Double(x), -126)), "2^\(x)")
            } else if !(abs(Double(y) - exact) <= exp2(-13.6) * exact) {
                Issue.record("\(isa): 2^\(x) = \(y), \(log2(abs(Double(y) - exact) / exact))")
            }
        }
        let special = try attentionPowers(isa, [0, -.infinity, .nan, -.greatestFiniteMagnitude], narrow: true)
        #expect(Oracle.float(bfloat16: Oracle.bfloat16(special[0])) == 1 && special[2].isNaN)
        #expect(special[1] >= 0 && special[1] < 0x1p-126 && special[3] >= 0 && special[3] < 0x1p-126)
    }
}
