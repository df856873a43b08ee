import Foundation
import SpyreDevice

/// Everything that `spyre doctor` looks at.
struct HostReport: Encodable {
    let checks: [HostCheck]

    /// Whether nothing is missing.
    var isComplete: Bool { checks.allSatisfy { $0.status == .ok } }

    private enum CodingKeys: String, CodingKey {
        case ok
        case checks
    }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(isComplete, forKey: .ok)
        try fields.encode(checks, forKey: .checks)
    }

    /// - Parameters:
    ///   - files: where /proc and /sys are read.
    ///   - environment: the process's.
    ///   - models: what the model cache holds.
    init(files: HostFiles, environment: [String: String], models: [HostCheck]) {
        checks =
            Self.processor(files) + Self.kernels(environment) + Self.threads(files, environment) + [Self.memory(files)]
            + models + Self.python(environment)
    }

    private static func processor(_ files: HostFiles) -> [HostCheck] {
        guard let text = files.text("/proc/cpuinfo") else {
            return [.ok("processor", "unknown", advice: "/proc/cpuinfo cannot be read")]
        }
        let processor = Processor(cpuinfo: text)
        let extensions = processor.extensions.isEmpty ? "none known" : processor.extensions.joined(separator: " ")
        return [.ok("processor", processor.model), .ok("instruction sets", extensions)]
    }

    private static func kernels(_ environment: [String: String]) -> [HostCheck] {
        // The device would refuse it too, but knows less about what to do.
        if let fault = ThreadVariable.fault(environment) {
            return [.missing("device", "not opened: \(fault)", advice: ThreadVariable.advice)]
        }
        do {
            let device = try Device()
            let information = try device.information()
            let choices = KernelChoices(device: device)
            var advice: String?
            if choices.choices.contains(where: { $0.isa == "reference" }) {
                advice = "reference kernels are slow; AVX2 with FMA and F16C, or AVX-512, has fast ones"
            }
            return [
                .ok("device", "\(information.name), \(information.isa), \(information.threads) threads"),
                .ok("kernels", choices.summary, advice: advice),
            ]
        } catch {
            return [.missing("device", "cannot be opened: \(error)", advice: "check SPYRE_ISA and the thread settings")]
        }
    }

    private static func threads(_ files: HostFiles, _ environment: [String: String]) -> [HostCheck] {
        let online = ProcessInfo.processInfo.activeProcessorCount
        let allowed = files.text("/proc/self/status").flatMap(CPUAffinity.count(status:)) ?? online
        var value = "\(allowed) of \(online) processors"
        var advice: String?
        if let limit = files.cpuLimit {
            value += ", control group allows \(Decimals.text(limit, digits: 1))"
            if limit < Double(allowed) {
                advice = "use --threads \(max(1, Int(limit))) so that threads do not wait for their turn"
            }
        }
        let variables = environment.filter { $0.key.hasPrefix("OMP_") || $0.key.hasPrefix("KMP_") }
        let settings = variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let text = settings.isEmpty ? "none" : OneLine.text(settings.joined(separator: " "))
        return [
            .ok("processors", value, advice: advice),
            ThreadVariable.fault(environment).map { .missing("thread settings", $0, advice: ThreadVariable.advice) }
                ?? .ok("thread settings", text),
        ]
    }

    private static func memory(_ files: HostFiles) -> HostCheck {
        let memory = MemoryInformation(meminfo: files.text("/proc/meminfo") ?? "")
        guard let available = memory.available else {
            return .ok("memory", "unknown", advice: "/proc/meminfo cannot be read")
        }
        var value = Decimals.bytes(available) + " free"
        if let total = memory.total { value += " of " + Decimals.bytes(total) }
        if let limit = files.memoryLimit { value += ", control group allows " + Decimals.bytes(limit) }
        return .ok("memory", value)
    }

    /// `spyre pull` needs pip.
    private static func python(_ environment: [String: String]) -> [HostCheck] {
        let advice = "apt-get install python3-pip (only `spyre pull` needs it)"
        guard let python = ProgramSearch.path(of: "python3", environment: environment) else {
            return [.missing("python3", "not found", advice: advice)]
        }
        guard let pip = ProgramSearch.firstLine(of: python, ["-m", "pip", "--version"], environment: environment) else {
            return [.ok("python3", python), .missing("pip", "not found", advice: advice)]
        }
        return [.ok("python3", python), .ok("pip", pip)]
    }
}
