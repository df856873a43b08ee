/// A hash index from byte strings of a `TokenArena` to 32-bit numbers: open addressing, 8 bytes a slot.
struct ByteStringIndex: Sendable {
    /// High half: hash tag. Low half: entry + 1, or 0 for a vacant slot.
    private var slots: [UInt64] = Array(repeating: 0, count: 16)
    private let seed = UInt64.random(in: .min ... .max)
    private(set) var count = 0

    init(minimumCapacity: Int) {
        var capacity = 16
        while capacity < minimumCapacity * 2, capacity < 1 << 40 { capacity *= 2 }
        slots = Array(repeating: 0, count: capacity)
    }

    /// Adds entry `index` of `arena`; returns the entry that already has the same bytes instead, if there is one.
    mutating func insert(_ index: Int, of arena: TokenArena) -> Int? {
        if (count + 1) * 2 > slots.count { grow(arena) }
        let range = arena.range(index)
        return arena.bytes.withUnsafeBufferPointer { all in
            let key = UnsafeBufferPointer(rebasing: all[range])
            let hash = hash(key)
            let mask = slots.count - 1
            var position = Int(truncatingIfNeeded: hash) & mask
            while slots[position] != 0 {
                if let found = match(slots[position], hash, key, arena, all) { return found }
                position = (position + 1) & mask
            }
            slots[position] = (hash & 0xFFFF_FFFF_0000_0000) | UInt64(truncatingIfNeeded: index + 1)
            count += 1
            return nil
        }
    }

    /// The entry of `arena` with the bytes of `key`.
    func find(_ key: UnsafeBufferPointer<UInt8>, in arena: TokenArena) -> Int? {
        arena.bytes.withUnsafeBufferPointer { all in
            let hash = hash(key)
            let mask = slots.count - 1
            var position = Int(truncatingIfNeeded: hash) & mask
            while true {
                let slot = slots[position]
                if slot == 0 { return nil }
                if let found = match(slot, hash, key, arena, all) { return found }
                position = (position + 1) & mask
            }
        }
    }

    private func match(
        _ slot: UInt64, _ hash: UInt64, _ key: UnsafeBufferPointer<UInt8>, _ arena: TokenArena,
        _ all: UnsafeBufferPointer<UInt8>
    ) -> Int? {
        guard (slot ^ hash) & 0xFFFF_FFFF_0000_0000 == 0 else { return nil }
        let entry = Int(slot & 0xFFFF_FFFF) - 1
        let range = arena.range(entry)
        guard range.count == key.count else { return nil }
        for offset in 0..<key.count where all[range.lowerBound + offset] != key[offset] { return nil }
        return entry
    }

    private mutating func grow(_ arena: TokenArena) {
        let old = slots
        slots = Array(repeating: 0, count: old.count * 2)
        let mask = slots.count - 1
        arena.bytes.withUnsafeBufferPointer { all in
            for slot in old where slot != 0 {
                let range = arena.range(Int(slot & 0xFFFF_FFFF) - 1)
                var position = Int(truncatingIfNeeded: hash(UnsafeBufferPointer(rebasing: all[range]))) & mask
                while slots[position] != 0 { position = (position + 1) & mask }
                slots[position] = slot
            }
        }
    }

    private func hash(_ key: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var state = seed ^ UInt64(truncatingIfNeeded: key.count)
        var index = 0
        while index + 8 <= key.count {
            var word: UInt64 = 0
            for offset in 0..<8 { word |= UInt64(key[index + offset]) << UInt64(offset * 8) }
            state = Self.mix(state ^ word)
            index += 8
        }
        var tail: UInt64 = 0
        var shift: UInt64 = 0
        while index < key.count {
            tail |= UInt64(key[index]) << shift
            shift += 8
            index += 1
        }
        return Self.mix(state ^ tail)
    }

    /// A folded 64 × 64 → 128-bit product: every input bit reaches every output bit.
    private static func mix(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low ^ (value >> 32)
    }
}
