/// Numbers of 8 bits, written from their definitions.
extension Oracle {
    /// Numbers of OCP FP8 E4M3 from 0 up to 448, by code.
    private static let e4m3Sizes: [Double] = (0..<0x7f).map { code in
        let (exponent, fraction) = (code >> 3, Double(code & 7) / 8)
        return exponent == 0
            ? fraction * 0x1p-6 : (1 + fraction) * Double(sign: .plus, exponent: exponent - 7, significand: 1)
    }

    static func float(e4m3 code: UInt8) -> Float {
        let size = code & 0x7f == 0x7f ? Float.nan : Float(e4m3Sizes[Int(code & 0x7f)])
        return code & 0x80 == 0 ? size : -size
    }

    /// The code of the nearest number, the even one of two that are as near; 448 for all that is larger.
    static func e4m3(_ x: Float) -> UInt8 {
        let sign: UInt8 = x.sign == .minus ? 0x80 : 0
        if x.isNaN { return sign | 0x7f }
        let size = Double(abs(x))
        // The first number that is not below.
        var (low, high) = (0, e4m3Sizes.count)
        while low < high {
            let middle = (low + high) / 2
            if e4m3Sizes[middle] < size { low = middle + 1 } else { high = middle }
        }
        if low == e4m3Sizes.count { return sign | 0x7e }
        if low == 0 { return sign }
        let (below, above) = (size - e4m3Sizes[low - 1], e4m3Sizes[low] - size)
        return sign | UInt8(below < above || (below == above && low % 2 == 1) ? low - 1 : low)
    }

    /// The nearest integer, the even one of two that are as near, up to 127 in size; 0 for a NaN.
    static func int8(_ x: Float) -> Int8 {
        x.isNaN ? 0 : Int8(min(max(Double(x).rounded(.toNearestOrEven), -127), 127))
    }
}
