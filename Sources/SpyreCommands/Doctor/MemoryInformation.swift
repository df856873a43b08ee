/// What /proc/meminfo says, in bytes.
struct MemoryInformation: Equatable {
    let total: Int?
    /// What programs can still take without swapping.
    let available: Int?

    init(meminfo: String) {
        total = Self.bytes("MemTotal:", meminfo)
        available = Self.bytes("MemAvailable:", meminfo)
    }

    private static func bytes(_ key: String, _ text: String) -> Int? {
        for line in text.split(separator: "\n") where line.hasPrefix(key) {
            let parts = line.split(separator: " ")
            guard parts.count >= 2, let kilobytes = Int(parts[1]), kilobytes >= 0 else { return nil }
            let (bytes, overflow) = kilobytes.multipliedReportingOverflow(by: 1024)
            return overflow ? nil : bytes
        }
        return nil
    }
}
