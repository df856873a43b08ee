/// The bytes of many short strings in one array, each known by its place in order of arrival.
struct TokenArena: Sendable {
    private(set) var bytes: [UInt8] = []
    private var starts: [UInt32] = [0]

    var count: Int { starts.count - 1 }

    /// Reserves room for `strings` strings of `total` bytes together.
    mutating func reserve(strings: Int, total: Int) {
        bytes.reserveCapacity(total)
        starts.reserveCapacity(strings + 1)
    }

    func range(_ index: Int) -> Range<Int> {
        Int(starts[index])..<Int(starts[index + 1])
    }

    func array(_ index: Int) -> [UInt8] {
        Array(bytes[range(index)])
    }

    /// Lets `body` append bytes, which together become the next string. False if the arena is full (4 GiB).
    mutating func append(_ body: (inout [UInt8]) -> Void) -> Bool {
        let start = bytes.count
        body(&bytes)
        guard let end = UInt32(exactly: bytes.count) else {
            bytes.removeSubrange(start...)
            return false
        }
        starts.append(end)
        return true
    }
}
