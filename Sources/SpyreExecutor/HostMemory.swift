import Foundation

/// Memory of the host, as far as this process may use it.
enum HostMemory {
    /// Bytes that can be had without swapping and within the control group's limit; nil where the kernel does not tell.
    static func available() -> Int? {
        [hostBytes(), controlGroupBytes()].compactMap(\.self).min()
    }

    /// MemAvailable of /proc/meminfo (proc(5)).
    private static func hostBytes() -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8) else { return nil }
        for line in text.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
            let fields = line.split(separator: " ")
            return fields.count > 1 ? Int(fields[1]).map { $0 * 1024 } : nil
        }
        return nil
    }

    /// What is left of memory.max, version 2 of control groups; nil without a limit. Inside a container the group's own
    /// folder is the root of the tree.
    private static func controlGroupBytes() -> Int? {
        func number(_ file: String) -> Int? {
            (try? String(contentsOfFile: "/sys/fs/cgroup/\(file)", encoding: .utf8))
                .flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        }
        guard let limit = number("memory.max"), let current = number("memory.current") else { return nil }
        return max(0, limit - current)
    }
}
