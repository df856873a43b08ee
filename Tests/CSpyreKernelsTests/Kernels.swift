import CSpyreKernels

// The inner kernels are not part of the public header. Their symbols are declared here, so that a test can give them
// single values.
typealias ExpKernel = (UnsafeMutablePointer<Float>, Float, Int64) -> Float

@_silgen_name("spyre_exp_reference")
private func expReference(_ row: UnsafeMutablePointer<Float>, _ maximum: Float, _ count: Int64) -> Float
#if arch(x86_64)
    @_silgen_name("spyre_exp_avx2")
    private func expAVX2(_ row: UnsafeMutablePointer<Float>, _ maximum: Float, _ count: Int64) -> Float
    @_silgen_name("spyre_exp_avx512")
    private func expAVX512(_ row: UnsafeMutablePointer<Float>, _ maximum: Float, _ count: Int64) -> Float
#endif

/// row[i] = exp(row[i] - maximum), and their sum, on one instruction set.
func expKernel(_ isa: String) throws -> ExpKernel {
    switch isa {
    case "reference": return expReference
    #if arch(x86_64)
        case "avx2": return expAVX2
        case "avx512": return expAVX512
    #endif
    default: throw ABIFailure(status: 500, description: "no exp kernel for \(isa)")
    }
}

#if arch(x86_64)
    @_silgen_name("spyre_attend_powers_avx2")
    private func powersAVX2(_ row: UnsafeMutablePointer<Float>, _ count: Int64, _ narrow: Int32)
    @_silgen_name("spyre_attend_powers_avx512")
    private func powersAVX512(_ row: UnsafeMutablePointer<Float>, _ count: Int64, _ narrow: Int32)
#endif

/// Powers of two as attention computes them: those of 16 numbers at a time. The reference takes the C library's.
func attentionPowers(_ isa: String, _ x: [Float], narrow: Bool) throws -> [Float] {
    var row = x + [Float](repeating: 0, count: (16 - x.count % 16) % 16)
    try row.withUnsafeMutableBufferPointer { row in
        guard let base = row.baseAddress else { return }
        switch isa {
        #if arch(x86_64)
            case "avx2": powersAVX2(base, Int64(row.count), narrow ? 1 : 0)
            case "avx512": powersAVX512(base, Int64(row.count), narrow ? 1 : 0)
        #endif
        default: throw ABIFailure(status: 500, description: "no powers for \(isa)")
        }
    }
    return Array(row.prefix(x.count))
}
