import Testing

@testable import SpyreCommands

@Suite struct ThreadVariableTests {
    @Test(arguments: ["1", "1024", " 2 ", "2,4", "3, 2 ,1"]) func numbersOfThreads(_ value: String) {
        #expect(ThreadVariable.fault(["OMP_NUM_THREADS": value]) == nil)
    }

    @Test(arguments: ["abc", "-1", "0", "1025", "+2", "2 3", "2,x", "2,", ",", "99999999999999999999", "٣"])
    func faults(_ value: String) {
        #expect(ThreadVariable.fault(["OMP_NUM_THREADS": value]) == "OMP_NUM_THREADS is '\(value)'")
    }

    @Test func nothingIsNoFault() {
        #expect(ThreadVariable.fault([:]) == nil)
        #expect(ThreadVariable.fault(["OMP_NUM_THREADS": " "]) == nil)
    }

    /// Doctor reports it; a command that runs a model does not begin.
    @Test(arguments: ["abc", "2,x"]) func theProgramSaysSo(_ value: String) throws {
        let spyre = SpyreProgram(environment: ["OMP_NUM_THREADS": value])
        let line = "OMP_NUM_THREADS is '\(value)'; set it to a number of threads in 1...1024, or unset it"
        let answer = try spyre(["generate", "--model", MicroModels.path("llama-gqa"), "--prompt", "a"])
        #expect(answer.status == 64)
        #expect(answer.errors == "spyre: \(line)\n")
        let doctor = try spyre(["doctor"])
        #expect(doctor.status == 1)
        #expect(doctor.errors.isEmpty)
        #expect(doctor.outputLines.contains("missing  thread settings    \(line)"))
        #expect(doctor.outputLines.contains("missing  device             not opened: \(line)"))
    }

    @Test(arguments: ["", " \t"]) func blankIsUnset(_ value: String) throws {
        let spyre = SpyreProgram(environment: ["OMP_NUM_THREADS": value])
        let answer = try spyre([
            "generate", "--model", MicroModels.path("llama-gqa"), "--prompt", "a", "--max-tokens", "1",
        ])
        #expect(answer.status == 0, "\(answer.errors)")
        #expect(try spyre(["doctor"]).outputLines.contains { $0.hasPrefix("ok       device") })
    }
}
