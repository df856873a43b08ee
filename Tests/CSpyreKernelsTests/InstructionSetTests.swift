import CSpyreKernels
import Foundation
import Testing

@_silgen_name("spyre_isa_check")
private func isaCheck(
    _ isa: UInt32, _ features: UInt32, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> spyre_status
@_silgen_name("spyre_processor_features")
private func processorFeatures() -> UInt32

/// Which instruction sets a processor can run, by its features.
@Suite struct InstructionSetTests {
    static func failure(_ isa: UInt32, _ features: UInt32) -> ABIFailure? {
        do {
            try check { isaCheck(isa, features, $0) }
            return nil
        } catch {
            return error as? ABIFailure
        }
    }

    #if arch(x86_64)
        /// Each feature in turn taken from a processor that has all: the message names it, and what is left.
        @Test func aMissingFeatureIsNamed() {
            let names = [
                "avx2", "fma", "f16c", "avx512f", "avx512bw", "avx512vl", "avx512dq", "avx512vnni", "avx512bf16",
            ]
            let all = (UInt32(1) << names.count) - 1
            for isa: UInt32 in 0...2 { #expect(Self.failure(isa, all) == nil) }
            for (bit, name) in names.enumerated() {
                let some = all & ~(1 << bit)
                let failure = Self.failure(2, some)
                #expect(failure?.status == spyre_status(SPYRE_STATUS_UNSUPPORTED))
                let best = bit < 3 ? "reference" : "avx2"
                #expect(
                    failure?.description
                        == "this processor does not have the instruction set 'avx512': it lacks \(name); "
                        + "the best it has is '\(best)'")
                #expect((Self.failure(1, some) == nil) == (bit >= 3))
                #expect(Self.failure(0, some) == nil)
            }
        }
    #endif

    /// What the kernel of the operating system says of the processor decides what a device takes that is opened without
    /// a name, unless SPYRE_ISA names a set.
    @Test func aDeviceTakesTheBestOfTheProcessor() throws {
        var best = "reference"
        #if arch(x86_64)
            let text = try String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
            let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("flags") })
            let flags = Set(line.split(whereSeparator: \.isWhitespace).map(String.init))
            if flags.isSuperset(of: ["avx2", "fma", "f16c"]) { best = "avx2" }
            let newest = ["avx512f", "avx512bw", "avx512vl", "avx512dq", "avx512_vnni", "avx512_bf16"]
            if best == "avx2", flags.isSuperset(of: newest) { best = "avx512" }
        #endif
        #expect(Device.available.last == best)
        let named = ProcessInfo.processInfo.environment["SPYRE_ISA"] ?? ""
        var device: OpaquePointer?
        try check { spyre_device_open(nil, &device, $0) }
        defer { #expect(spyre_device_close(device, nil) == SPYRE_STATUS_OK) }
        #expect(
            spyre_device_variant(device, "matmul_f32").map { String(cString: $0) } == (named.isEmpty ? best : named))
    }

    /// The features found here are those that make the best set the best.
    @Test func thisProcessorRunsItsBest() {
        let sets = ["reference", "avx2", "avx512"]
        for (isa, name) in sets.enumerated() {
            #expect((Self.failure(UInt32(isa), processorFeatures()) == nil) == Device.available.contains(name))
        }
    }
}
