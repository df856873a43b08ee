import CSpyreKernels
import SpyreDevice

/// A random weight matrix of any size: each row is a piece of one pool of blocks.
struct WeightRows {
    let format: WeightFormat
    let outputs: Int
    let columns: Int
    private let pool: [UInt8]
    private let poolBlocks: Int

    init(_ format: WeightFormat, outputs: Int, columns: Int) {
        self.format = format
        self.outputs = outputs
        self.columns = columns
        poolBlocks = 2039
        pool = format.randomBlocks(poolBlocks + columns / format.source.blockLength, seed: 2)
    }

    /// The file's bytes of one row.
    func bytes(_ row: Int) -> ArraySlice<UInt8> {
        let start = row * 811 % poolBlocks * format.source.bytesPerBlock
        return pool[start..<start + format.rowBytes(columns)]
    }

    /// The weights of one row, exactly.
    func decoded(_ row: Int) throws -> [Double] {
        let scale = Double(format.scale(ofRow: row))
        return try format.decode(bytes(row), columns: columns).map { scale * $0 }
    }

    /// Packs the whole matrix.
    func pack(_ context: KernelContext) throws -> Buffer {
        let size = format.imageBytes(outputs: outputs, columns: columns)
        let image = try Buffer(device: context.device, byteCount: size)
        let slab = 512
        for first in stride(from: 0, to: outputs, by: slab) {
            var source: [UInt8] = []
            let rows = min(slab, outputs - first)
            source.reserveCapacity(rows * format.rowBytes(columns))
            for row in first..<first + rows { source += bytes(row) }
            var desc = spyre_weight_pack_desc()
            desc.type = spyre_type(format.code)
            desc.source_type = spyre_type(format.code)
            desc.rows = Int64(rows)
            desc.columns = Int64(columns)
            desc.outputs = Int64(outputs)
            desc.first_output = Int64(first)
            let scales = (first..<first + rows).map(format.scale(ofRow:))
            try source.withUnsafeBytes { bytes in
                try scales.withUnsafeBufferPointer { scales in
                    desc.source = bytes.baseAddress
                    desc.scales = format.hasRowScales ? scales.baseAddress : nil
                    try context.stream.packWeight(desc, into: image)
                }
            }
        }
        return image
    }
}
