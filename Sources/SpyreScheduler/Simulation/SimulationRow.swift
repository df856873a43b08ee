/// What a scheduler looks like after a step: a row of a step table.
package struct SimulationRow: Codable, Equatable, Sendable {
    /// Steps so far. Requests that arrive now are in the row, but in no step yet.
    package var step: Int
    package var tkv: Int
    package var waiting: [String]
    package var running: [String]
    /// Requests that got a token in the step.
    package var outputs: [String]
    package var finished: [String]
    package var usedBlocks: Int
    package var reservedBlocks: Int
    package var blockTables: [String: [Int32]]
    /// Under the card's rules, in a step that prefills: the block of each block of slots, 0 where nothing is kept.
    package var prefillSlotBlocks: [String: [Int32]]?
    /// In a static batch, the warmed shape that it runs padded to: prompt length, new tokens and rows.
    package var shape: String?

    private enum CodingKeys: String, CodingKey {
        case step, tkv, waiting, running, shape
        case outputs = "request_outputs"
        case finished = "finished_requests"
        case usedBlocks = "n_used_blocks"
        case reservedBlocks = "n_reserved_blocks"
        case blockTables = "block_tables"
        case prefillSlotBlocks = "prefill_slot_blocks"
    }
}
