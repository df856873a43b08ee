@testable import SpyreScheduler

/// Stands for the device: runs a step's items on a memory of slots, and looks whether each finds the whole of its own
/// past there.
///
/// A slot holds a digest of the token that was written to it and of all before it, so that blocks that belong to another
/// sequence, were never written or were overwritten are seen.
struct KVOracle {
    private let blockTokens: Int
    private var slots: [UInt64]

    init(_ pool: BlockPool) {
        blockTokens = pool.blockTokens
        slots = [UInt64](repeating: 0, count: (pool.capacity + 1) * pool.blockTokens)
    }

    /// What a token and all before it leave behind.
    static func digest(_ before: UInt64, _ token: Int32) -> UInt64 {
        var random = SplitMix64(state: before ^ UInt64(truncatingIfNeeded: token))
        return random.next()
    }

    /// Copies are made before anything is written, one after the other.
    ///
    /// - Parameter digests: of each token of a request.
    mutating func run(_ step: ScheduledStep, digests: [RequestID: [UInt64]]) -> String? {
        for copy in step.copies {
            for offset in 0..<blockTokens {
                slots[Int(copy.target) * blockTokens + offset] = slots[Int(copy.source) * blockTokens + offset]
            }
        }
        for item in step.items {
            let own = digests[item.request] ?? []
            guard item.start + item.count <= own.count else { return "\(item.request) runs tokens that are not known" }
            guard item.blocks.count * blockTokens >= item.start + item.count else {
                return "\(item.request) has no room"
            }
            for position in item.start..<item.start + item.count {
                guard let slot = slot(of: position, item) else { continue }
                slots[slot] = own[position]
            }
        }
        for item in step.items {
            let own = digests[item.request] ?? []
            for position in 0..<item.start + item.count {
                let slot = Int(item.blocks[position / blockTokens]) * blockTokens + position % blockTokens
                if slots[slot] != own[position] { return "\(item.request) does not find its token \(position)" }
            }
            if item.samples != (item.start + item.count == own.count) { return "\(item.request) samples wrongly" }
        }
        return nil
    }

    /// The slot that a token is written to; nil where it is only computed again.
    private func slot(of position: Int, _ item: ScheduledItem) -> Int? {
        var block = item.blocks[position / blockTokens]
        if !item.slotBlocks.isEmpty {
            // Slots of a chunk begin at its first one, which padding may fill.
            let chunk = item.slotBlocks.count * blockTokens
            let offset = item.leftPadding + position
            block = item.slotBlocks[offset % chunk / blockTokens]
        }
        return block == 0 ? nil : Int(block) * blockTokens + position % blockTokens
    }
}
