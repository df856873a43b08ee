import Foundation

/// Reads what the host says about itself. The root is replaceable, for tests.
struct HostFiles {
    var root = ""

    /// Content of a small text file of /proc or /sys; nil when it is not there.
    func text(_ path: String) -> String? {
        try? String(contentsOf: URL(fileURLWithPath: root + path), encoding: .utf8)
    }

    var cpuLimit: Double? {
        if let text = text("/sys/fs/cgroup/cpu.max") { return ControlGroup.cpus(cpuMax: text) }
        return ControlGroup.cpus(
            quota: integer("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"),
            period: integer("/sys/fs/cgroup/cpu/cpu.cfs_period_us"))
    }

    var memoryLimit: Int? {
        let text = text("/sys/fs/cgroup/memory.max") ?? text("/sys/fs/cgroup/memory/memory.limit_in_bytes")
        return text.flatMap(ControlGroup.bytes(memoryMax:))
    }

    private func integer(_ path: String) -> Int? {
        text(path).flatMap { $0.split(whereSeparator: \.isWhitespace).first }.flatMap { Int($0) }
    }
}
