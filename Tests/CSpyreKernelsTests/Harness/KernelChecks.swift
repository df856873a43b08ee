/// What is checked of each kernel of the registry, by its name. A variant of a kernel needs nothing here; a new kernel
/// needs its line, and the tests fail until it has one.
enum KernelChecks {
    typealias Check = @Sendable (Trial) throws -> Void

    static let all: [String: Check] = {
        var checks: [String: Check] = [
            "rms_norm": {
                try $0.sweep(.rmsNorm)
                try $0.sweep(.rmsNormOfSum)
            },
            "silu_mul": {
                try $0.sweep(.siluMul)
                try $0.siluGrid()
            },
            "exp": { trial in
                try trial.expGrid()
                try trial.part("softmax") {
                    for spread: Float in [1, 40, 200] { try trial.sweep(.softmax(spread: spread)) }
                }
            },
            "matmul_finish": { try $0.epilogues() },
            "to_bf16": { try $0.everyBFloat16() },
            "quantize": { try $0.quantisedActivations(.q8_0) },
        ]
        for format in WeightFormat.all { checks[format.kernel] = { try $0.sweep(format) } }
        for format in KVFormat.all { checks[format.kernel] = { try $0.sweep(format) } }
        return checks
    }()
}
