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
            guard fields.count > 1, let kilobytes = Int(fields[1]) else { return nil }
            let (bytes, overflow) = kilobytes.multipliedReportingOverflow(by: 1024)
            return overflow ? nil : bytes
        }
        return nil
    }

    /// What is left of memory.max (control groups, version 2), pages of files counted as free since the kernel drops
    /// them first; nil without a limit. Inside a container the group's own folder is the root of the tree.
    private static func controlGroupBytes() -> Int? {
        func text(_ file: String) -> String {
            (try? String(contentsOfFile: "/sys/fs/cgroup/\(file)", encoding: .utf8)) ?? ""
        }
        let limit = Int(text("memory.max").trimmingCharacters(in: .whitespacesAndNewlines))
        let current = Int(text("memory.current").trimmingCharacters(in: .whitespacesAndNewlines))
        let files = text("memory.stat").split(separator: "\n").first { $0.hasPrefix("file ") }
            .flatMap { Int($0.dropFirst("file ".count)) }
        guard let limit, let current else { return nil }
        return max(0, limit - max(0, current - (files ?? 0)))
    }
}
