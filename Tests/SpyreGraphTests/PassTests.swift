import SpyreDevice
import Testing

@testable import SpyreGraph

/// Passes by the graphs that they print.
@Suite struct PassTests {
    /// Everything but the inputs, which no pass touches.
    static func body(_ graph: Graph) -> String {
        graph.description.split(separator: "\n").filter { !$0.contains(" = input(") }.joined(separator: "\n")
    }

    @Test func recordedGraphIsWhatTheModelSays() throws {
        #expect(
            Self.body(try SmallModel(multiplier: 0.5).record()) == """
                %7: f32[rows, 64] = embedding(%0) {embedding float32[100, 64]}
                %8: f32[rows, 64] = scale(%7) {factor: 0.5}
                %9: f32[rows, 64] = rms_norm(%8) {ln eps 1e-05}
                %10: f32[rows, 64] = linear(%9) {q float32[64, 64]}
                %11: f32[rows, 64] = rope(%10, %1) {heads: 4x16, layout: half_split}
                %12: f32[rows, 32] = linear(%9) {k float32[32, 64]}
                %13: f32[rows, 32] = rope(%12, %1) {heads: 2x16, layout: half_split}
                %14: f32[rows, 32] = linear(%9) {v float32[32, 64]}
                %15: f32[rows, 32] = kv_write(%13, %14, %2) {layer: 0}
                %16: f32[rows, 64] = paged_attention(%11, %3, %4, %5) {layer: 0, heads: 4:2x16, scale: 0.25}
                %17: f32[rows, 64] = linear(%16) {dense float32[64, 64]}
                %18: f32[rows, 64] = scale(%17) {factor: 0.5}
                %19: f32[rows, 64] = add(%8, %18)
                %20: f32[rows, 64] = rms_norm(%19) {ff_ln eps 1e-05}
                %21: f32[rows, 96] = linear(%20) {gate float32[96, 64]}
                %22: f32[rows, 96] = linear(%20) {up float32[96, 64]}
                %23: f32[rows, 96] = silu_mul(%21, %22)
                %24: f32[rows, 64] = linear(%23) {down float32[64, 96]}
                %25: f32[rows, 64] = scale(%24) {factor: 0.5}
                %26: f32[rows, 64] = add(%19, %25)
                %27: f32[rows, 64] = rms_norm(%26) {dec_norm eps 1e-05}
                %28: f32[logitRows, 100] = linear(%27, %6) {rows: selected, embedding float32[100, 64], input terms: 2}
                %29: f32[logitRows, 100] = scale(%28) {factor: 2.0}
                return logits: %29
                """)
    }

    @Test func everythingFuses() throws {
        let fused = PassPipeline.fused.run(try SmallModel(multiplier: 0.5).record())
        #expect(
            Self.body(fused) == """
                %7: f32[rows, 64] = embedding(%0) {embedding float32[100, 64], scale: 0.5}
                %8: f32[rows, 128] = linear(%7) {norm: ln eps 1e-05, q float32[64, 64] ; k float32[32, 64] ; v float32[32, 64]}
                %9: f32[rows, 64] = columns(%8) {0..<64}
                %10: f32[rows, 32] = columns(%8) {64..<96}
                %11: f32[rows, 32] = columns(%8) {96..<128}
                %12: f32[rows, 64] = rope_kv_write_paged_attention(%9, %10, %11, %1, %2, %3, %4, %5) {layer: 0, heads: 4:2x16, scale: 0.25, layout: half_split}
                %13: f32[rows, 64] = linear(%12, %7) {dense float32[64, 64], scale: 0.5, residual: last operand}
                %14: f32[rows, 96] = linear(%13) {norm: ff_ln eps 1e-05, gate float32[96, 64] | up float32[96, 64], act: silu_mul}
                %15: f32[rows, 64] = linear(%14, %13) {down float32[64, 96], scale: 0.5, residual: last operand}
                %16: f32[logitRows, 100] = linear(%15, %6) {norm: dec_norm eps 1e-05, rows: selected, embedding float32[100, 64], input terms: 2, scale: 2.0}
                return logits: %16
                """)
    }

    /// Weights of different storage types have no common image: they stay apart, and so does what builds on them.
    @Test func weightsOfDifferentTypesStayApart() throws {
        let model = SmallModel(types: ["v": .q8_0, "up": .q8_0], type: .q4_1)
        #expect(
            Self.body(PassPipeline.fused.run(try model.record())) == """
                %7: f32[rows, 64] = embedding(%0) {embedding Q4_1[100, 64]}
                %8: f32[rows, 64] = rms_norm(%7) {ln eps 1e-05}
                %9: f32[rows, 64] = linear(%8) {q Q4_1[64, 64]}
                %10: f32[rows, 64] = rope(%9, %1) {heads: 4x16, layout: half_split}
                %11: f32[rows, 32] = linear(%8) {k Q4_1[32, 64]}
                %12: f32[rows, 32] = rope(%11, %1) {heads: 2x16, layout: half_split}
                %13: f32[rows, 32] = linear(%8) {v Q8_0[32, 64]}
                %14: f32[rows, 32] = kv_write(%12, %13, %2) {layer: 0}
                %15: f32[rows, 64] = paged_attention(%10, %3, %4, %5) {layer: 0, heads: 4:2x16, scale: 0.25}
                %16: f32[rows, 64] = linear(%15, %7) {dense Q4_1[64, 64], residual: last operand}
                %17: f32[rows, 64] = rms_norm(%16) {ff_ln eps 1e-05}
                %18: f32[rows, 96] = linear(%17) {gate Q4_1[96, 64]}
                %19: f32[rows, 96] = linear(%17) {up Q8_0[96, 64]}
                %20: f32[rows, 96] = silu_mul(%18, %19)
                %21: f32[rows, 64] = linear(%20, %16) {down Q4_1[64, 96], residual: last operand}
                %22: f32[logitRows, 100] = linear(%21, %6) {norm: dec_norm eps 1e-05, rows: selected, embedding Q4_1[100, 64], input terms: 2}
                return logits: %22
                """)
    }

    /// Each pass by itself changes only what its name says.
    @Test func observersSeeEveryPass() throws {
        var seen: [String] = []
        _ = PassPipeline.fused.run(try SmallModel().record()) { name, _ in seen.append(name) }
        #expect(
            seen == [
                "recorded", "fuse_scale", "fuse_gate_up", "fuse_parallel_linears", "fuse_residual", "fuse_norm",
                "fuse_rope_kv_write", "fuse_kv_write_attention",
            ])
    }

    /// A norm that two ops read is computed once, not in each of them.
    @Test func sharedNormIsNotFused() throws {
        let recorder = GraphRecorder { _ in .float32 }
        let x = recorder.input("x", TensorType(rows: .symbol(.rows), columns: 64))
        let normed = x.rmsNorm(recorder.vector("ln", count: 64), epsilon: 1e-5)
        recorder.output("a", normed.linear(try recorder.matrix("a", outputs: 64, columns: 64)) + normed)
        let fused = PassPipeline.fused.run(recorder.graph)
        #expect(fused.nodes.filter { $0.operation is RMSNorm }.count == 1)
    }

    @Test func resultThatSomebodyElseReadsIsNotFused() throws {
        let recorder = GraphRecorder { _ in .float32 }
        let x = recorder.input("x", TensorType(rows: .symbol(.rows), columns: 64))
        let y = x.linear(try recorder.matrix("a", outputs: 64, columns: 64))
        recorder.output("sum", x + y)
        recorder.output("product", y)
        #expect(PassPipeline.fused.run(recorder.graph).nodes.contains { $0.operation is Add })
    }
}
