/// What this process has taken of the memory.
enum ProcessMemory {
    /// Bytes at the greatest; nil when the host does not say.
    static func peak(_ files: HostFiles = HostFiles()) -> Int? {
        guard let status = files.text("/proc/self/status") else { return nil }
        for line in status.split(separator: "\n") where line.hasPrefix("VmHWM:") {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count >= 2, let kilobytes = Int(words[1]) else { return nil }
            return kilobytes * 1024
        }
        return nil
    }
}
