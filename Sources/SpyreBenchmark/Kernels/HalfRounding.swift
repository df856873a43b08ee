/// What a smaller type keeps of a float.
enum HalfRounding {
    /// The nearest bfloat16, ties to even, of a finite number.
    @Sendable static func bfloat16(_ x: Float) -> Float {
        let bits = x.bitPattern
        return Float(bitPattern: (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff_0000)
    }

    /// The nearest number of FP8 E4M3, ties to even, of one up to 448 in size: 3 bits of fraction from 2^-6 on, and
    /// multiples of 2^-9 below.
    @Sendable static func float8(_ x: Float) -> Float {
        let exponent = x.magnitude < 0x1p-6 ? -6 : Int(x.exponent)
        let unit = Float(sign: .plus, exponent: exponent - 3, significand: 1)
        return (x / unit).rounded(.toNearestOrEven) * unit
    }
}
