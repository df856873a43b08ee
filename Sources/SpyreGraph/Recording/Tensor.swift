/// A symbolic tensor: a value of the graph that its recorder is building. Ops on it record nodes and compute nothing.
public struct Tensor {
    let recorder: GraphRecorder
    public let value: Value
    public let type: TensorType

    init(recorder: GraphRecorder, value: Value, type: TensorType) {
        self.recorder = recorder
        self.value = value
        self.type = type
    }

    /// `table[ids[i]]` of int32 `[rows, 1]`; gives float32 `[rows, columns]`.
    public func embedding(_ table: Parameter) -> Tensor {
        recorder.record(
            Embedding(ids: value, table: table), type: TensorType(rows: type.rows, columns: table.columns))
    }

    /// RMSNorm over columns (Zhang and Sennrich 2019).
    public func rmsNorm(_ weight: Parameter, epsilon: Float) -> Tensor {
        recorder.record(RMSNorm(input: value, scheme: NormScheme(weight: weight, epsilon: epsilon)), type: type)
    }

    /// LayerNorm over columns (Ba, Kiros and Hinton 2016, arXiv:1607.06450), `[rows, columns]` to the same.
    ///
    /// Without a bias nothing is added. The variance is that of the row itself, divided by its columns.
    public func layerNorm(_ weight: Parameter, bias: Parameter? = nil, epsilon: Float) -> Tensor {
        let scheme = NormScheme(weight: weight, epsilon: epsilon)
        return recorder.record(LayerNorm(input: value, scheme: scheme, bias: bias), type: type)
    }

    /// GELU of every element (Hendrycks and Gimpel 2016, arXiv:1606.08415).
    public func gelu(_ form: GELUForm = .exact) -> Tensor {
        recorder.record(GELU(input: value, form: form), type: type)
    }

    /// `x W^T + b`: `[rows, K]` to `[rows, outputs]`.
    ///
    /// - Parameter inputTerms: in how many terms, 1 or 2, activations are expressed where the weight type rounds them; for
    ///   bfloat16, the second term is of those few of a row that lose most.
    public func linear(_ weight: Parameter, bias: Parameter? = nil, inputTerms: Int = 1) -> Tensor {
        recorder.record(
            Linear(
                input: value, parts: [LinearPart(weight: weight, bias: bias)], inputTerms: inputTerms == 2 ? 2 : 1),
            type: TensorType(rows: type.rows, columns: weight.outputs))
    }

    /// `x W^T` of some rows: row i of the result is that of row `rows[i]` of x, int32 `[n, 1]`.
    ///
    /// The result is a model's logits. Their rounding goes straight into the choice of a token, so activations are
    /// expressed in two terms where the weight type would round them.
    public func logits(_ weight: Parameter, rows index: Tensor) -> Tensor {
        recorder.record(
            Linear(
                input: value, parts: [LinearPart(weight: weight, bias: nil)], rowIndex: index.value, inputTerms: 2),
            type: TensorType(rows: index.type.rows, columns: weight.outputs))
    }

    /// `silu(self) * up`
    public func siluMultiply(_ up: Tensor) -> Tensor {
        recorder.record(SiLUMultiply(gate: value, up: up.value), type: type)
    }

    /// Rotates heads by their positions, int32 `[rows, 1]`. Nobody else may read `self` afterwards.
    public func rotated(_ rotation: Rotation, heads: Int, positions: Tensor) -> Tensor {
        recorder.record(
            RotaryEmbedding(input: value, positions: positions.value, heads: heads, rotation: rotation), type: type)
    }

    public static func + (a: Tensor, b: Tensor) -> Tensor {
        a.recorder.record(Add(a: a.value, b: b.value), type: a.type)
    }

    /// Multiplying by 1 records nothing.
    public static func * (x: Tensor, factor: Float) -> Tensor {
        factor == 1 ? x : x.recorder.record(Scale(input: x.value, factor: factor), type: x.type)
    }
}
