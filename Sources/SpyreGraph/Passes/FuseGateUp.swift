/// silu(linear(x, gate)) * linear(x, up) becomes one linear whose panels hold 32 columns of each factor, so that the
/// product is formed while both are in registers (gated linear units, Shazeer 2020).
struct FuseGateUp: GraphPass {
    static let name = "fuse_gate_up"

    func run(on graph: inout Graph) {
        let index = GraphIndex(graph)
        graph.rewrite { node, _ in
            guard let product = node.operation as? SiLUMultiply,
                let gate = index.onlyRead(Linear.self, product.gate), gate.isPlain, gate.parts.count == 1,
                let up = index.onlyRead(Linear.self, product.up), up.isPlain, up.parts.count == 1,
                gate.input == up.input, gate.inputTerms == up.inputTerms, let gatePart = gate.parts.first,
                let upPart = up.parts.first,
                gatePart.weight.type == upPart.weight.type, gatePart.weight.outputs == upPart.weight.outputs,
                gatePart.weight.columns == upPart.weight.columns
            else { return node }
            var node = node
            var fused = Linear(input: gate.input, parts: [gatePart, upPart], inputTerms: gate.inputTerms)
            fused.arrangement = .gateUp
            node.operation = fused
            return node
        }
    }
}
