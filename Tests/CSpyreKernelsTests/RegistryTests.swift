import CSpyreKernels
import Foundation
import Testing

/// Every line of the registry, one by one: a kernel without a check fails, and so does a check without a kernel.
@Suite(.serialized, .publishesErrors) struct RegistryTests {
    struct Line: Sendable, Hashable, CustomTestStringConvertible {
        var kernel: String
        var isa: String
        var testDescription: String { "\(kernel) \(isa)" }
    }

    static let lines: [Line] = (0..<spyre_variant_count()).compactMap { index in
        var variant = spyre_variant()
        guard spyre_variant_at(index, &variant) == SPYRE_STATUS_OK else { return nil }
        return Line(kernel: String(cString: variant.kernel), isa: String(cString: variant.isa))
    }

    /// The lines to check: of the instruction sets under test, and, for somebody who works on one kernel, those that
    /// SPYRE_TEST_KERNELS names, such as "matmul_q8_0,quantize".
    static let checked: [Line] = {
        let names = ProcessInfo.processInfo.environment["SPYRE_TEST_KERNELS"]?.split(separator: ",").map(String.init)
        return lines.filter { Device.runnable.contains($0.isa) && names?.contains($0.kernel) != false }
    }()

    @Test(arguments: checked)
    func everyVariantKeepsItsPromises(line: Line) throws {
        let check = try #require(
            KernelChecks.all[line.kernel], "kernel \(line.kernel) has no check; add it to KernelChecks.all")
        let trial = Trial(kernel: line.kernel, isa: line.isa)
        defer { ErrorTable.shared.add(trial) }
        // The device has to use the variant for the check to mean something.
        let device = try Device(isa: line.isa)
        #expect(spyre_device_variant(device.handle, line.kernel).map { String(cString: $0) } == line.isa)
        try check(trial)
        #expect(trial.elements > 0, "the check looked at nothing")
    }

    /// Kernels that have no variant of their own for an instruction set, and what a device of it uses instead.
    static let exceptions: [Line: String?] = {
        // The reference multiplies quantised weights as they are stored.
        let withoutReference = [
            "expand_f16", "expand_q4_0", "expand_q4_1", "expand_q4_k", "expand_q6_k", "matmul_scaled", "matmul_offset",
            "matmul_halves", "expand_bf16", "spread_rounded",
        ].map { (Line(kernel: $0, isa: "reference"), String?.none) }
        // The scattered stores of keys are what it does; values are copied.
        let withoutVectors = ["avx2", "avx512"].map {
            (Line(kernel: "kv_store_f32", isa: $0), String?.some("reference"))
        }
        // It multiplies pairs of bfloat16 as they are.
        let withoutWide = ["expand_bf16", "spread_rounded"].map { (Line(kernel: $0, isa: "avx512"), String?.none) }
        return Dictionary(uniqueKeysWithValues: withoutReference + withoutVectors + withoutWide)
    }()

    @Test(arguments: Device.runnable)
    func aDeviceUsesTheVariantsOfItsInstructionSet(isa: String) throws {
        let device = try Device(isa: isa)
        for kernel in Set(Self.lines.map(\.kernel)) {
            let chosen = spyre_device_variant(device.handle, kernel).map { String(cString: $0) }
            let expected = Self.exceptions[Line(kernel: kernel, isa: isa)] ?? isa
            #expect(chosen == expected, "\(kernel)")
            let line = Line(kernel: kernel, isa: isa)
            #expect(Self.lines.contains(line) == (expected == isa), "\(line)")
        }
    }

    @Test func everyCheckHasAKernelAndEveryLineAnInstructionSet() {
        #expect(!Self.lines.isEmpty && Self.lines.count == Set(Self.lines).count)
        #expect(Set(KernelChecks.all.keys).subtracting(Self.lines.map(\.kernel)) == [])
        for (i, line) in Self.lines.enumerated() {
            var variant = spyre_variant()
            #expect(spyre_variant_at(Int32(i), &variant) == SPYRE_STATUS_OK)
            #expect((variant.runnable == 1) == Device.available.contains(line.isa))
        }
        var variant = spyre_variant()
        for index in [-1, spyre_variant_count(), .max] {
            #expect(spyre_variant_at(index, &variant) == SPYRE_STATUS_OUT_OF_RANGE)
        }
    }
}
