/// Limits that a container or service manager has put on this process, from the kernel's control group files.
enum ControlGroup {
    /// CPUs that `cpu.max` (version 2: quota and period in microseconds, or `max`) allows; nil for no limit.
    static func cpus(cpuMax text: String) -> Double? {
        let parts = text.split(whereSeparator: \.isWhitespace)
        guard parts.count == 2 else { return nil }
        return cpus(quota: Int(parts[0]), period: Int(parts[1]))
    }

    /// The same for version 1, whose quota is -1 for no limit.
    static func cpus(quota: Int?, period: Int?) -> Double? {
        guard let quota, let period, quota > 0, period > 0 else { return nil }
        return Double(quota) / Double(period)
    }

    /// Bytes that `memory.max` allows; nil for no limit.
    static func bytes(memoryMax text: String) -> Int? {
        let word = text.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
        // Version 1 writes a number near 2^63 for no limit.
        guard let bytes = Int(word), bytes > 0, bytes < 1 << 60 else { return nil }
        return bytes
    }
}
