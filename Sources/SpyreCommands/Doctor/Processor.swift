/// What /proc/cpuinfo says about the processor.
struct Processor: Equatable {
    let model: String
    /// The instruction set extensions that matter here, under the kernel's names.
    let extensions: [String]

    /// Those that some kernel uses or may use: x86, then Arm, then z and Power.
    private static let interesting = [
        "f16c", "fma", "avx2", "avx_vnni", "avx512f", "avx512bw", "avx512vl", "avx512dq", "avx512_vnni",
        "avx512_bf16", "avx512_fp16", "amx_tile", "amx_bf16", "amx_int8", "asimd", "asimddp", "i8mm", "bf16", "sve",
        "sve2", "vx", "vxe", "vxe2", "nnpa",
    ]

    init(cpuinfo: String) {
        var fields: [Substring: Substring] = [:]
        for line in cpuinfo.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let key = parts[0].trimmed
            // The first processor speaks for all.
            if fields[key] == nil { fields[key] = parts[1].trimmed }
        }
        let name = fields["model name"] ?? fields["Processor"] ?? fields["cpu"] ?? fields["vendor_id"]
        model = name.map { OneLine.text(String($0)) } ?? "unknown"
        let flags = Set((fields["flags"] ?? fields["Features"] ?? fields["features"] ?? "").split(separator: " "))
        extensions = Self.interesting.filter { flags.contains(Substring($0)) }
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        let start = drop { $0 == " " || $0 == "\t" }
        guard let last = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
        return start[...last]
    }
}
