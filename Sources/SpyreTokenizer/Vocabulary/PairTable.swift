/// A hash table from 64-bit keys to 64-bit values with open addressing and linear probing.
///
/// The hash is seeded per table, so that a file cannot be prepared to make probing slow. `UInt64.max` is no valid key.
struct PairTable: Sendable {
    private struct Slot {
        var key: UInt64
        var value: UInt64
    }

    private static let vacant = UInt64.max
    private static let multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15

    private var slots: [Slot]
    private var shift: UInt64
    private let seed = UInt64.random(in: .min ... .max)
    private(set) var count = 0

    init(minimumCapacity: Int = 16) {
        var bits = 4
        while (1 << bits) < minimumCapacity * 2, bits < 40 { bits += 1 }
        slots = Array(repeating: Slot(key: Self.vacant, value: 0), count: 1 << bits)
        shift = UInt64(64 - bits)
    }

    private func home(_ key: UInt64) -> Int {
        let mixed = (key ^ seed) &* Self.multiplier
        return Int(truncatingIfNeeded: ((mixed ^ (mixed >> 29)) &* Self.multiplier) >> shift)
    }

    func value(of key: UInt64) -> UInt64? {
        let mask = slots.count - 1
        var index = home(key)
        while true {
            let slot = slots[index]
            if slot.key == key { return slot.value }
            if slot.key == Self.vacant { return nil }
            index = (index + 1) & mask
        }
    }

    /// Sets the value of `key`, replacing an earlier one.
    mutating func set(_ key: UInt64, to value: UInt64) {
        if (count + 1) * 2 > slots.count { grow() }
        let mask = slots.count - 1
        var index = home(key)
        while slots[index].key != Self.vacant {
            if slots[index].key == key {
                slots[index].value = value
                return
            }
            index = (index + 1) & mask
        }
        slots[index] = Slot(key: key, value: value)
        count += 1
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: Slot(key: Self.vacant, value: 0), count: old.count * 2)
        shift -= 1
        count = 0
        for slot in old where slot.key != Self.vacant { set(slot.key, to: slot.value) }
    }
}
