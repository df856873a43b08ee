import CSpyreKernels
import SpyreDevice

/// A batch on the device, its keys and values written: attention over it can run again and again.
final class AttentionOperands {
    let shape: PagedAttentionCase
    let blocks: BlockTables
    let format: CacheFormat
    let data: AttentionData
    private let context: KernelContext
    private let buffers: [Buffer]
    private let output: Buffer
    private let scaleBuffer: Buffer?
    private var desc = spyre_attention_desc()

    /// - Parameter prefix: tokens whose keys and values are the same in all sequences, whether or not they share blocks.
    init(_ context: KernelContext, _ shape: PagedAttentionCase, _ blocks: BlockTables, prefix: Int) throws {
        self.context = context
        self.shape = shape
        self.blocks = blocks
        format = try CacheFormat.named(shape.dtype)
        data = AttentionData(context: shape.context, prefix: prefix)
        var cache = shape.cache(format, blocks: blocks.count)
        let bytes = Int(clamping: spyre_kv_cache_size(&cache))
        let keys = try Buffer(device: context.device, byteCount: max(1, bytes))
        let values = try Buffer(device: context.device, byteCount: max(1, bytes))
        (cache.keys, cache.values) = (keys.span(), values.span())
        let scales: spyre_kv_scales
        (scales, scaleBuffer) = try format.scales(context)
        try Self.fill(context, cache, scales, data, blocks)
        let width = shape.heads * shape.headSize
        let rows = shape.sequences * shape.queries
        let queries = try context.buffer(
            context.matrix(rows: rows, columns: width, from: AttentionData.queryRow))
        output = try context.output(rows * width)
        let starts = try context.buffer((0...shape.sequences).map { Int32($0 * shape.queries) })
        let lengths = try context.buffer(blocks.lengths.map { Int32($0) })
        let tables = try context.buffer(blocks.rows)
        buffers = [keys, values, queries, starts, lengths, tables]
        desc.scale = Float(AttentionData.scale(headSize: shape.headSize))
        desc.cache = cache
        desc.scales = scales
        desc.queries = queries.span()
        desc.query_stride = Int64(width)
        desc.output = output.span()
        desc.output_stride = Int64(width)
        desc.heads = Int64(shape.heads)
        desc.rows = spyre_extent_fixed(Int64(rows))
        desc.sequences = spyre_extent_fixed(Int64(shape.sequences))
        desc.query_starts = starts.span()
        desc.context_lengths = lengths.span()
        desc.block_tables = tables.span()
        desc.maximum_blocks = Int64(blocks.maximumBlocks)
    }

    private static let rowsOfAWrite = 1024

    /// Every token once: those of a shared prefix with the first sequence.
    private static func fill(
        _ context: KernelContext, _ cache: spyre_kv_cache, _ scales: spyre_kv_scales, _ data: AttentionData,
        _ blocks: BlockTables
    ) throws {
        let width = Int(cache.kv_heads * cache.head_size)
        for (sequence, length) in blocks.lengths.enumerated() {
            let begin = sequence == 0 ? 0 : blocks.shared
            for first in stride(from: begin, to: length, by: rowsOfAWrite) {
                let tokens = first..<min(length, first + rowsOfAWrite)
                let rows = tokens.map { data.row(sequence: sequence, token: $0) }
                func buffer(_ from: Int) throws -> Buffer {
                    try context.buffer(rows.flatMap { context.row(from + $0, columns: width) })
                }
                let keys = try buffer(AttentionData.keyRow), values = try buffer(AttentionData.valueRow)
                let slots = try context.buffer(tokens.map { blocks.slot(sequence: sequence, token: $0) })
                var write = spyre_kv_write_desc()
                write.cache = cache
                write.scales = scales
                write.keys = keys.span()
                write.values = values.span()
                write.stride = Int64(width)
                write.slots = slots.span()
                write.rows = spyre_extent_fixed(Int64(tokens.count))
                try context.run(spyre_stream_kv_write, &write)
            }
        }
    }

    func run() throws { try context.run(spyre_stream_attention, &desc) }

    /// `[sequences * queries][heads * head size]` of the last run.
    func result() throws -> [Float] {
        try context.floats(output, count: shape.sequences * shape.queries * shape.heads * shape.headSize)
    }

    var keyValueBytes: Int { shape.keyValueBytes(format, blocks) }
    var work: KernelWork { shape.work(format, blocks) }
}
