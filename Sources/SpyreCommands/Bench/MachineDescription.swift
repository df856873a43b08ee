import CSpyreKernels
import CSpyreRoofline
import Foundation
import SpyreBenchmark

/// What figures were measured on: the first line of `--json`, and a part of the report.
struct MachineDescription: Encodable {
    let kind = "machine"
    let processor: String
    let extensions: [String]
    let processors: Int
    let caches: [CacheHierarchy.Cache]
    let memoryBytes: Int?
    let system: String
    let compiler: String
    let version: String
    let date: String
    let loadAverage: [Double]
    let openBLAS: String?

    private enum CodingKeys: String, CodingKey {
        case kind, processor, extensions, processors, caches, system, compiler, version, date
        case memoryBytes = "memory_bytes"
        case loadAverage = "load_average"
        case openBLAS = "openblas"
    }

    /// - Parameter looksForPeers: whether other libraries take part.
    init(files: HostFiles = HostFiles(), caches: CacheHierarchy, date: Date = Date(), looksForPeers: Bool) {
        let processor = Processor(cpuinfo: files.text("/proc/cpuinfo") ?? "")
        self.processor = processor.model
        extensions = processor.extensions
        processors = ProcessInfo.processInfo.activeProcessorCount
        self.caches = caches.caches
        memoryBytes = MemoryInformation(meminfo: files.text("/proc/meminfo") ?? "").total
        system = OneLine.text(ProcessInfo.processInfo.operatingSystemVersionString)
        compiler = OneLine.text(String(cString: spyre_roofline_compiler()))
        version = "\(SpyreVersion.current), library \(String(cString: spyre_library_version()))"
        self.date = ISO8601DateFormatter().string(from: date)
        loadAverage = (files.text("/proc/loadavg") ?? "").split(separator: " ").prefix(3).compactMap { Double($0) }
        openBLAS = looksForPeers ? OpenBLAS.shared?.name : nil
    }

    /// Label and value, for people.
    var fields: [(String, String)] {
        var fields = [("processor", processor), ("extensions", extensions.joined(separator: " "))]
        fields.append(("logical processors", "\(processors)"))
        let caches = caches.map { cache in
            "\(cache.name) \(Self.binary(cache.bytes))"
                + (cache.sharedBy > 1 ? ", shared by \(cache.sharedBy) processors" : "")
        }
        fields.append(("data caches", caches.isEmpty ? "unknown" : caches.joined(separator: "; ")))
        if let memoryBytes { fields.append(("memory", Decimals.bytes(memoryBytes))) }
        fields.append(("system", system))
        fields.append(("compiler", compiler))
        fields.append(("spyre", version))
        fields.append(("date", date))
        fields.append(("load average", loadAverage.map { Decimals.text($0, digits: 2) }.joined(separator: " ")))
        if let openBLAS { fields.append(("OpenBLAS", openBLAS)) }
        return fields
    }

    private static func binary(_ bytes: Int) -> String {
        bytes >= 1 << 20 && bytes % (1 << 20) == 0 ? "\(bytes >> 20) MiB" : "\(bytes >> 10) KiB"
    }

    /// One line above a table.
    var line: String {
        let caches = caches.map { "\($0.name) \(Self.binary($0.bytes))" }.joined(separator: ", ")
        let load = loadAverage.first.map { ", load average \(Decimals.text($0, digits: 2))" } ?? ""
        return "\(processor), \(processors) processors\(caches.isEmpty ? "" : ", ")\(caches)\(load)"
    }
}
