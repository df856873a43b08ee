import Foundation

/// The data caches that a processor has, as the Linux kernel describes them in sysfs.
package struct CacheHierarchy: Sendable, Equatable {
    package struct Cache: Sendable, Equatable, Encodable {
        /// 1 for the one next to the core.
        package let level: Int
        package let bytes: Int
        /// Logical processors that share one.
        package let sharedBy: Int

        package init(level: Int, bytes: Int, sharedBy: Int) {
            self.level = level
            self.bytes = bytes
            self.sharedBy = sharedBy
        }

        package var name: String { "L\(level)" }

        /// What so many threads on neighbouring processors have of it together.
        package func total(threads: Int) -> Int { (threads + sharedBy - 1) / max(1, sharedBy) * bytes }
    }

    /// From the core outwards.
    package let caches: [Cache]

    package init(caches: [Cache]) { self.caches = caches }

    /// - Parameter root: where sys is mounted, for tests.
    package init(root: String = "") {
        var caches: [Cache] = []
        for index in 0..<16 {
            let folder = root + "/sys/devices/system/cpu/cpu0/cache/index\(index)/"
            guard let type = Self.text(folder + "type"), type != "Instruction",
                let level = Self.text(folder + "level").flatMap({ Int($0) }),
                let bytes = Self.text(folder + "size").flatMap(Self.bytes)
            else { continue }
            let shared = Self.text(folder + "shared_cpu_list").map(Self.count) ?? 1
            caches.append(Cache(level: level, bytes: bytes, sharedBy: max(1, shared)))
        }
        self.caches = caches.sorted { $0.level < $1.level }
    }

    /// The level that work of so many bytes lives in when it is repeated: the first whose caches hold all of it.
    package func level(ofWorkingSet bytes: Int, threads: Int) -> String {
        caches.first { bytes <= $0.total(threads: threads) }?.name ?? Self.memory
    }

    package static let memory = "DRAM"

    /// Bytes that show the speed of each level: half of the caches, and more than the level before has, so that most
    /// of it cannot be there; for memory four times the last cache.
    package func probes(threads: Int, memoryLimit: Int) -> [(level: String, bytes: Int)] {
        var probes: [(String, Int)] = []
        var before = 0
        for cache in caches {
            let total = cache.total(threads: threads)
            let bytes = max(total / 2, min(2 * before, total * 3 / 4))
            if bytes > before { probes.append((cache.name, bytes)) }
            before = total
        }
        let bytes = min(memoryLimit, max(128 << 20, 4 * before))
        if bytes > before { probes.append((Self.memory, bytes)) }
        return probes
    }

    private static func text(_ path: String) -> String? {
        (try? String(contentsOfFile: path, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// `32K`, `1024K`, `32M`.
    static func bytes(_ text: String) -> Int? {
        let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
        guard let last = text.last else { return nil }
        let unit = units[last]
        guard let count = Int(unit == nil ? text[...] : text.dropLast()), count > 0 else { return nil }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: unit ?? 1)
        return overflow ? nil : bytes
    }

    /// How many `0-3,8` names.
    static func count(_ list: String) -> Int {
        list.split(separator: ",").reduce(0) { sum, part in
            let ends = part.split(separator: "-").compactMap { Int($0) }
            guard let first = ends.first, let last = ends.last, last >= first else { return sum }
            return sum + min(last - first, 1 << 16) + 1
        }
    }
}
