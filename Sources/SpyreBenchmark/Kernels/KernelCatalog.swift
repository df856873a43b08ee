import CSpyreKernels

/// Every op of the library that has work to measure.
package enum KernelCatalog {
    package static let families: [KernelFamily] =
        [
            matmul, gemm, attention(decode: true), attention(decode: false), rmsNorm, layerNorm, softmax,
        ] + ElementwiseFormula.all.map(elementwise) + [rope, embedding, topK, convert]

    package static var names: [String] { families.map(\.name) }

    /// All types of all families, each once.
    package static var dtypes: [String] {
        families.flatMap(\.dtypes).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// The type that a user names, in any letter case; float types also by their short names.
    ///
    /// - Throws: a `BenchmarkError` that lists the types, when there is none of that name.
    static func dtype(named name: String) throws(BenchmarkError) -> String {
        let lowercase = name.lowercased()
        let long = ["f32": "float32", "fp32": "float32", "bf16": "bfloat16", "f16": "float16", "fp16": "float16"]
        let wanted = long[lowercase] ?? lowercase
        guard let dtype = dtypes.first(where: { $0.lowercased() == wanted }) else {
            throw BenchmarkError(
                .request, "unknown type '\(name.prefix(60))'; the types are \(dtypes.joined(separator: ", "))")
        }
        return dtype
    }

    // MARK: Products

    /// Outputs and columns: a square one in the last cache or just out of it, a layer of an 8-billion model, and the
    /// down, up and head products of SmolLM2-135M.
    private static let weights = [
        (4096, 4096), (14336, 4096), (576, 1536), (1536, 576), (49152, 576),
    ]

    private static let matmul = KernelFamily(
        name: "matmul", dimensions: "MxNxK", dtypes: WeightFormat.all.map(\.name),
        shapes: weights.flatMap { n, k in [1, 8, 16, 64, 512].map { KernelShape($0, n, k) } }
            // Out of any cache, whatever the type: what a large model's decoding meets.
            + [KernelShape(1, 32768, 4096), KernelShape(8, 32768, 4096), KernelShape(2048, 2048, 2048)],
        quickShapes: [KernelShape(1, 4096, 4096), KernelShape(8, 4096, 4096), KernelShape(512, 1536, 576)],
        validate: { dtype, shape throws(BenchmarkError) in
            try checkWeights(dtype, outputs: shape[1], columns: shape[2])
        },
        prepare: { try MatmulKernel($0, WeightFormat.named($1), $2) })

    /// Row-major, both operands packed at run time.
    private static let gemm = KernelFamily(
        name: "gemm", dimensions: "MxNxK", dtypes: ["float32"],
        shapes: [KernelShape(64, 4096, 4096), KernelShape(512, 4096, 4096), KernelShape(2048, 2048, 2048)],
        quickShapes: [KernelShape(512, 576, 1536)], prepare: { context, _, shape in try GemmKernel(context, shape) })

    private static func checkWeights(_ dtype: String, outputs: Int, columns: Int) throws(BenchmarkError) {
        let format = try WeightFormat.named(dtype)
        guard columns % format.source.blockLength == 0, format.imageBytes(outputs: outputs, columns: columns) > 0 else {
            throw BenchmarkError(
                .request,
                "\(dtype) weights have columns in blocks of \(format.source.blockLength), got \(columns); use a multiple"
            )
        }
    }

    // MARK: Attention

    private static func attention(decode: Bool) -> KernelFamily {
        let lengths = decode ? [512, 4096, 32768] : [512, 4096]
        return KernelFamily(
            name: decode ? "attention_decode" : "attention_prefill", dimensions: "TxHxGxD",
            dtypes: CacheFormat.all.map(\.name),
            shapes: [128, 64].flatMap { size in lengths.map { KernelShape($0, 32, 8, size) } },
            quickShapes: [KernelShape(512, 32, 8, 64)],
            validate: { _, shape throws(BenchmarkError) in
                guard shape[1] % shape[2] == 0, shape[3] % 2 == 0, shape[3] <= 256 else {
                    throw BenchmarkError(
                        .request,
                        "attention shapes are tokens x heads x KV heads x head size: heads a multiple of KV heads, "
                            + "an even head size up to 256; got \(shape)")
                }
            },
            prepare: { context, dtype, shape in
                var attention = PagedAttentionCase(sequences: 1, context: shape[0])
                (attention.group, attention.kvHeads, attention.headSize) = (shape[1] / shape[2], shape[2], shape[3])
                (attention.queries, attention.dtype) = (decode ? 1 : shape[0], dtype)
                return try AttentionKernel(context, attention)
            })
    }

    // MARK: Rows

    private static func rows(
        _ name: String, _ shapes: [KernelShape],
        _ prepare: @escaping @Sendable (KernelContext, KernelShape) throws -> RowKernel
    ) -> KernelFamily {
        KernelFamily(
            name: name, dimensions: "RxC", dtypes: ["float32"], shapes: shapes, quickShapes: [shapes[shapes.count - 1]],
            prepare: { context, _, shape in try prepare(context, shape) })
    }

    private static let rmsNorm = rows(
        "rms_norm", [KernelShape(1, 4096), KernelShape(512, 576), KernelShape(512, 4096)], RowKernels.rmsNorm)

    private static let softmax = rows(
        "softmax", [KernelShape(1, 49152), KernelShape(512, 4096)], RowKernels.softmax)

    private static let layerNorm = rows(
        "layer_norm", [KernelShape(1, 4096), KernelShape(512, 4096)], RowKernels.layerNorm)

    private static func elementwise(_ formula: ElementwiseFormula) -> KernelFamily {
        rows(formula.name, [KernelShape(512, 1536), KernelShape(512, 14336)]) {
            try ElementwiseKernel.prepare($0, formula, $1)
        }
    }

    /// From the first type to the second.
    private static let convert = KernelFamily(
        name: "convert", dimensions: "RxC", dtypes: ["bfloat16", "float16"], shapes: [KernelShape(512, 4096)],
        quickShapes: [KernelShape(512, 4096)], prepare: { try ElementwiseKernel.convert($0, $1, $2) })

    private static let rope = KernelFamily(
        name: "rope", dimensions: "RxHxD", dtypes: ["float32"],
        shapes: [KernelShape(512, 9, 64), KernelShape(512, 32, 128)], quickShapes: [KernelShape(512, 9, 64)],
        validate: { _, shape throws(BenchmarkError) in
            guard shape[2] % 2 == 0 else {
                throw BenchmarkError(.request, "rope turns pairs: the head size has to be even, got \(shape[2])")
            }
        },
        prepare: { context, _, shape in
            try RowKernels.rope(context, layout: SPYRE_ROPE_HALF_SPLIT, shape)
        })

    private static let embedding = KernelFamily(
        name: "embedding", dimensions: "RxVxC", dtypes: WeightFormat.all.map(\.name),
        shapes: [KernelShape(512, 49152, 576), KernelShape(512, 49152, 768)],
        quickShapes: [KernelShape(512, 4096, 768)],
        validate: { dtype, shape throws(BenchmarkError) in
            try checkWeights(dtype, outputs: shape[1], columns: shape[2])
        },
        prepare: { try RowKernels.embedding($0, WeightFormat.named($1), $2) })

    private static let topK = KernelFamily(
        name: "top_k", dimensions: "RxCxK", dtypes: ["float32"],
        shapes: [KernelShape(1, 49152, 1), KernelShape(8, 49152, 64)], quickShapes: [KernelShape(1, 49152, 1)],
        validate: { _, shape throws(BenchmarkError) in
            guard shape[2] <= shape[1] else {
                throw BenchmarkError(.request, "top_k finds at most as many as there are columns; got \(shape)")
            }
        },
        prepare: { context, _, shape in try RowKernels.topK(context, shape) })
}
