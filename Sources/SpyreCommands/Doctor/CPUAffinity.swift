/// The processors that this process may run on.
enum CPUAffinity {
    /// How many /proc/self/status names in its list (`0-3,8`); nil when there is none.
    static func count(status: String) -> Int? {
        let key = "Cpus_allowed_list:"
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(key) }) else { return nil }
        var count = 0
        for range in line.dropFirst(key.count).split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
            let ends = range.split(separator: "-").map { Int($0) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, last >= first else { return nil }
            count += last - first + 1
        }
        return count > 0 ? count : nil
    }
}
