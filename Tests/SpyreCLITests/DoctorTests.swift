import Foundation
import SpyreDevice
import Testing

@testable import SpyreCommands

@Suite struct DoctorTests {
    @Test func x86Processor() {
        let processor = Processor(
            cpuinfo: """
                processor\t: 0
                model name\t: AMD EPYC 9B14
                flags\t\t: fpu sse2 fma avx2 f16c avx512f avx512_vnni

                processor\t: 1
                model name\t: another
                """)
        #expect(processor.model == "AMD EPYC 9B14")
        #expect(processor.extensions == ["f16c", "fma", "avx2", "avx512f", "avx512_vnni"])
    }

    @Test func otherProcessors() {
        let arm = Processor(cpuinfo: "processor : 0\nFeatures\t: fp asimd asimddp i8mm bf16\n")
        #expect(arm.extensions == ["asimd", "asimddp", "i8mm", "bf16"])
        let z = Processor(cpuinfo: "vendor_id : IBM/S390\nfeatures : esan3 vx vxe vxe2 nnpa\n")
        #expect(z.model == "IBM/S390")
        #expect(z.extensions == ["vx", "vxe", "vxe2", "nnpa"])
        #expect(Processor(cpuinfo: "::::\n: \n").model == "unknown")
    }

    @Test(arguments: [("200000 100000\n", 2.0), ("50000 100000", 0.5)])
    func processorQuota(_ text: String, _ cpus: Double) {
        #expect(ControlGroup.cpus(cpuMax: text) == cpus)
    }

    @Test(arguments: ["max 100000\n", "", "0 0", "-1 100000", "5"]) func noProcessorQuota(_ text: String) {
        #expect(ControlGroup.cpus(cpuMax: text) == nil)
    }

    @Test func memory() {
        #expect(ControlGroup.bytes(memoryMax: "1073741824\n") == 1 << 30)
        #expect(ControlGroup.bytes(memoryMax: "max\n") == nil)
        #expect(ControlGroup.bytes(memoryMax: "9223372036854771712") == nil)
        let information = MemoryInformation(meminfo: "MemTotal:  2048 kB\nMemAvailable:\t 1024 kB\n")
        #expect(information == MemoryInformation(meminfo: "MemAvailable: 1024 kB\nMemTotal: 2048 kB"))
        #expect(information.total == 2 << 20)
        #expect(MemoryInformation(meminfo: "MemTotal: 9223372036854775807 kB").total == nil)
        #expect(MemoryInformation(meminfo: "MemTotal:").total == nil)
    }

    @Test(arguments: [("0-1", 2), ("0", 1), ("0-3,8,10-11", 7)]) func affinity(_ list: String, _ count: Int) {
        #expect(CPUAffinity.count(status: "Name:\tx\nCpus_allowed_list:\t\(list)\nMems:\t0\n") == count)
    }

    @Test(arguments: ["", "x", "3-1", "1-"]) func noAffinity(_ list: String) {
        #expect(CPUAffinity.count(status: "Cpus_allowed_list:\t\(list)\n") != 0)
        #expect(list == "1-" || CPUAffinity.count(status: "Cpus_allowed_list:\t\(list)\n") == nil)
    }

    @Test func kernels() throws {
        let choices = KernelChoices(device: try Device(threads: 1, isa: "reference"))
        #expect(choices.choices.contains { $0.kernel == "rms_norm" })
        #expect(choices.choices.allSatisfy { $0.isa == "reference" })
        let mixed = KernelChoices(choices: [("a", "avx512"), ("b", "avx2"), ("c", "avx512")])
        #expect(mixed.summary == "avx512: a, c; avx2: b")
    }

    @Test func whatIsMissingIsSaid() throws {
        try TemporaryFolder.with { folder in
            let quota = folder.appendingPathComponent("sys/fs/cgroup")
            try FileManager.default.createDirectory(at: quota, withIntermediateDirectories: true)
            try Data("50000 100000".utf8).write(to: quota.appendingPathComponent("cpu.max"))
            let missing = HostCheck.missing("model", "none", advice: "spyre pull")
            let report = HostReport(
                files: HostFiles(root: folder.path), environment: ["PATH": "/nowhere", "OMP_NUM_THREADS": "3"],
                models: [missing])
            #expect(!report.isComplete)
            let lines = report.checks.map(\.line)
            #expect(lines.contains("missing  model              none; spyre pull"))
            #expect(lines.contains { $0.hasPrefix("missing  python3            not found; apt-get install") })
            #expect(lines.contains { $0.contains("control group allows 0.5; use --threads 1") })
            #expect(lines.contains("ok       thread settings    OMP_NUM_THREADS=3"))
            #expect(try JSONLine.text(report).hasSuffix(#""ok":false}"#))
        }
    }
}
