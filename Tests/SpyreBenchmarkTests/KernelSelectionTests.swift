import Testing

@testable import SpyreBenchmark

@Suite struct KernelSelectionTests {
    @Test func shapes() throws {
        #expect(try KernelShape(parsing: "512x4096x4096") == KernelShape(512, 4096, 4096))
        #expect("\(try KernelShape(parsing: "7"))" == "7")
        for bad in ["", "x", "0x1", "-1", "1x", "1x2y", "99999999999999999999", "1048577", "1048576x1048576x2", "１"] {
            #expect(throws: BenchmarkError.self, "\(bad)") { try KernelShape(parsing: bad) }
        }
    }

    private func cases(_ ops: [String], _ dtypes: [String] = [], _ shapes: [KernelShape] = []) throws -> [String] {
        var selection = KernelSelection()
        (selection.ops, selection.dtypes, selection.shapes) = (ops, dtypes, shapes)
        return try selection.cases().map(\.name)
    }

    @Test func everythingByDefault() throws {
        let all = try cases([])
        for name in KernelCatalog.names { #expect(all.contains { $0.hasPrefix(name + " ") }) }
        for format in WeightFormat.all { #expect(all.contains("matmul \(format.name) 1x4096x4096")) }
        #expect(Set(all).count == all.count)
        var quick = KernelSelection()
        quick.isQuick = true
        let few = try quick.cases()
        #expect(few.count < all.count)
        #expect(Set(few.map(\.family.name)) == Set(KernelCatalog.names))
    }

    /// Every type of every op has a shape that it can have, in both lists, and none that it cannot.
    @Test(arguments: [false, true]) func everyTypeHasAShape(isQuick: Bool) throws {
        var selection = KernelSelection()
        selection.isQuick = isQuick
        let cases = try selection.cases()
        for one in cases { try one.family.check(one.dtype, one.shape) }
        for family in KernelCatalog.families {
            for dtype in family.dtypes {
                let hasOne = cases.contains { $0.family.name == family.name && $0.dtype == dtype }
                #expect(hasOne, "\(family.name) \(dtype)")
            }
        }
    }

    @Test func namesAndShapes() throws {
        #expect(
            try cases(["matmul"], ["Q8_0", "float32"], [KernelShape(1, 64, 32)]) == [
                "matmul float32 1x64x32", "matmul Q8_0 1x64x32",
            ])
        // Of the ops with three sizes those that can have these.
        #expect(try cases([], ["float32"], [KernelShape(2, 4, 3)]).contains("top_k float32 2x4x3"))
        #expect(!(try cases([], [], [KernelShape(2, 4, 3)]).contains { $0.hasPrefix("rope") }))
    }

    @Test(arguments: [
        ("bf16", "bfloat16"), ("BF16", "bfloat16"), ("BFloat16", "bfloat16"), ("F32", "float32"), ("fp16", "float16"),
        ("INT8", "int8"), ("q4_k", "Q4_K"), ("Q8_0", "Q8_0"),
    ]) func typesInAnyLetterCase(_ name: String, _ dtype: String) throws {
        #expect(try cases(["matmul"], [name], [KernelShape(1, 64, 256)]) == ["matmul \(dtype) 1x64x256"])
    }

    @Test(arguments: [
        (["conv"], [String](), [KernelShape](), "unknown op 'conv'; the ops are matmul, "),
        ([], ["int3"], [], "unknown type 'int3'; the types are float32, bfloat16"),
        (["rms_norm"], ["Q4_1"], [], "no such op has that type; rms_norm: float32"),
        (["matmul"], [], [KernelShape(1, 2)], "no such op has the shape 1x2; shapes are matmul MxNxK"),
        (["matmul"], ["Q4_1"], [KernelShape(1, 64, 33)], "Q4_1 weights have columns in blocks of 32, got 33"),
        (["top_k"], [], [KernelShape(1, 4, 5)], "at most as many as there are columns"),
    ]) func whatDoesNotExistIsNamed(_ ops: [String], _ dtypes: [String], _ shapes: [KernelShape], _ reason: String) {
        do {
            _ = try cases(ops, dtypes, shapes)
            Issue.record("no error")
        } catch {
            #expect("\(error)".contains(reason), "\(error)")
        }
    }
}
