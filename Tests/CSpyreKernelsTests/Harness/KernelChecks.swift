import CSpyreKernels

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
            "layer_norm": {
                try $0.sweep(.layerNorm(bias: true))
                try $0.sweep(.layerNorm(bias: false))
            },
            "add": { try $0.sweep(.add) },
            "scale": { try $0.sweep(.scale) },
            "relu": { try $0.sweep(.relu) },
            "silu": { try $0.sweep(.silu, onGridOf: RowOp.siluAlone) },
            "gelu": { try $0.sweep(.gelu, onGridOf: { .ulps(5, of: Oracle.gelu(Double($0))) }) },
            "gelu_tanh": { try $0.sweep(.geluTanh, onGridOf: { .ulps(5, of: Oracle.geluTanh(Double($0))) }) },
            "maximum": {
                try $0.sweep(.softmax(spread: 200))
                try $0.peaks()
            },
            "find_greater": { try $0.topOfRows() },
            "f32_to_f16": { try $0.narrows(SPYRE_TYPE_F16, ConvertTests.float16) },
            "f32_to_bf16": { try $0.narrows(SPYRE_TYPE_BF16, ConvertTests.bfloat16) },
            "f16_to_f32": { try $0.widens(SPYRE_TYPE_F16, ConvertTests.widened(float16:)) },
            "bf16_to_f32": { try $0.widens(SPYRE_TYPE_BF16) { UInt32($0) << 16 } },
            "f32_to_q8_0": { try $0.blocks() },
            "q8_0_to_f32": { try $0.blocks() },
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
            "spread_f32": { try $0.preparedActivations(.f32) },
            "spread_bf16": {
                try $0.everyBFloat16()
                try $0.preparedActivations(.bf16)
            },
            "spread_rounded": {
                try $0.everyBFloat16()
                try $0.preparedActivations(.bf16)
            },
            "find_remainders": { try $0.twoTerms(.bf16) },
            "matmul_remainders": { try $0.twoTerms(.bf16) },
            "quantize": { try $0.preparedActivations(.q8_0) },
            "quantize_row": { try $0.sweep(.i8) },
            "half_offsets": { try $0.sweep(.q6_k) },
            "expand_f16": { try $0.sweep(.f16) },
            "expand_bf16": { try $0.sweep(.bf16) },
            "expand_q4_0": { try $0.sweep(.q4_0) },
            "expand_q4_1": { try $0.sweep(.q4_1) },
            "expand_q4_k": { try $0.sweep(.q4_k) },
            "expand_q6_k": { try $0.sweep(.q6_k) },
            // Tiles of expanded blocks.
            "matmul_scaled": { try $0.sweep(.q4_0) },
            "matmul_offset": { try $0.sweep(.q4_1) },
            "matmul_halves": { try $0.sweep(.q6_k) },
        ]
        for format in WeightFormat.all { checks[format.kernel] = { try $0.sweep(format) } }
        for format in KVFormat.all {
            checks[format.kernel] = { try $0.sweep(format) }
            checks["kv_store_\(format.name)"] = { try $0.stores(format) }
        }
        checks["attend_merge"] = {
            try $0.mergesChunks()
            try $0.sharesHeads()
        }
        checks["rotate"] = { try $0.rotates() }
        return checks
    }()
}
