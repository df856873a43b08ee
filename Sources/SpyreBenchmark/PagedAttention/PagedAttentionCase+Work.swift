import CSpyreKernels

extension PagedAttentionCase {
    /// Bytes of keys and values that have to be read once: of tokens that exist, shared ones once.
    func keyValueBytes(_ format: CacheFormat, _ blocks: BlockTables) -> Int {
        var cache = cache(format, blocks: blocks.count)
        let size = Double(spyre_kv_cache_size(&cache)) * 2
        return Int(size / Double(blocks.count * blocks.blockTokens) * Double(blocks.distinctTokens))
    }

    /// Every query row of every head has a product and a sum with each key that it sees, and with each value.
    func work(_ format: CacheFormat, _ blocks: BlockTables) -> KernelWork {
        let visible = blocks.lengths.reduce(0.0) { $0 + Double(queries) * (Double($1) - (Double(queries) - 1) / 2) }
        let width = heads * headSize
        let rows = sequences * queries
        return KernelWork(
            operations: 4 * visible * Double(width),
            traffic: MemoryTraffic(read: keyValueBytes(format, blocks) + 4 * rows * width, written: 4 * rows * width),
            type: format.type)
    }
}
