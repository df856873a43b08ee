import CSpyreKernels
import SpyreDevice

/// The paged KV cache of all layers: blocks of 64 tokens, block 0 is the padding block.
///
/// Memory is reserved in full and taken from the host as blocks are first written, by huge pages where the host has
/// them: at least 2 MiB for the keys and for the values of each layer then.
public final class KVCache {
    public let blockCount: Int
    public let heads: AttentionHeads
    public let type: ScalarType
    private let keys: [Buffer]
    private let values: [Buffer]
    /// float32 `[layers][2][kvCount]`, of the keys and of the values; nil where all of them are 1.
    private let scaleBuffer: Buffer?
    /// What elements of an `int8` cache are multiplied with, `[layers][2][kvCount]`, of the keys and of the values; 1 at
    /// first. Empty for other types: float8_e4m3 has the range to do with 1.
    public private(set) var scales: [Float] = []

    public init(stream: Stream, layers: Int, blockCount: Int, heads: AttentionHeads, type: ScalarType)
        throws(GraphError)
    {
        let bytes = type.kvCacheByteCount(blocks: blockCount, kvHeads: heads.kvCount, headSize: heads.size)
        guard let bytes else {
            throw .malformed(
                "no KV cache of \(blockCount) blocks, \(heads.kvCount) heads of \(heads.size) elements of \(type)")
        }
        var keys: [Buffer] = []
        var values: [Buffer] = []
        do throws(DeviceError) {
            for _ in 0..<layers {
                keys.append(try Buffer(device: stream.device, byteCount: bytes))
                values.append(try Buffer(device: stream.device, byteCount: bytes))
            }
            if type == .int8 {
                let ones = [Float](repeating: 1, count: layers * 2 * heads.kvCount)
                let buffer = try Buffer(device: stream.device, byteCount: ones.count * 4)
                try stream.write(ones, to: buffer)
                (scaleBuffer, scales) = (buffer, ones)
            } else {
                scaleBuffer = nil
            }
        } catch {
            throw .device(error)
        }
        self.keys = keys
        self.values = values
        self.blockCount = blockCount
        self.heads = heads
        self.type = type
    }

    /// Copies the keys and values of a block to another one, in all layers, in the order of the stream.
    package func copyBlock(_ source: Int, to target: Int, stream: Stream) throws(GraphError) {
        let bytes = type.kvCacheByteCount(blocks: 1, kvHeads: heads.kvCount, headSize: heads.size)
        guard let bytes, source != target, (0..<blockCount).contains(source), (0..<blockCount).contains(target) else {
            throw .malformed("block \(source) of \(blockCount) cannot be copied to \(target)")
        }
        do throws(DeviceError) {
            for buffer in keys + values {
                try stream.copy(buffer, at: source * bytes, to: buffer, at: target * bytes, byteCount: bytes)
            }
        } catch {
            throw .device(error)
        }
    }

    func descriptor(layer: Int) throws(GraphError) -> spyre_kv_cache {
        guard keys.indices.contains(layer) else { throw .malformed("layer \(layer) has no KV cache") }
        var cache = spyre_kv_cache()
        cache.keys = keys[layer].span()
        cache.values = values[layer].span()
        cache.blocks = Int64(blockCount)
        cache.kv_heads = Int64(heads.kvCount)
        cache.head_size = Int64(heads.size)
        cache.type = type.code
        return cache
    }

    /// The scales of a layer, for the ops that take the cache.
    func scaleDescriptor(layer: Int) -> spyre_kv_scales {
        var descriptor = spyre_kv_scales()
        guard let scaleBuffer else { return descriptor }
        descriptor.keys = scaleBuffer.span(at: 4 * heads.kvCount * 2 * layer)
        descriptor.values = scaleBuffer.span(at: 4 * heads.kvCount * (2 * layer + 1))
        descriptor.count = Int64(heads.kvCount)
        return descriptor
    }

    /// Other scales; what is in the cache means something else from now on.
    public func setScales(_ scales: [Float], on stream: Stream) throws(GraphError) {
        guard let scaleBuffer, scales.count == self.scales.count, scales.allSatisfy({ $0.isNormal && $0 > 0 }) else {
            throw .malformed("a KV cache of \(type) does not take these \(scales.count) scales")
        }
        try deviceCall { () throws(DeviceError) in try stream.write(scales, to: scaleBuffer) }
        self.scales = scales
    }

    /// The greatest size of a code in blocks 1 ... `blocks` of an `int8` cache, in the order of the scales.
    public func greatestCodes(blocks: Int, on stream: Stream) throws(GraphError) -> [Int] {
        guard type == .int8, blocks > 0, blocks < blockCount else {
            throw .malformed("no codes in \(blocks) blocks of a KV cache of \(type) with \(blockCount)")
        }
        let headBytes = heads.size * 64
        var greatest: [Int] = []
        for buffer in zip(keys, values).flatMap({ [$0, $1] }) {
            let codes = try deviceCall { () throws(DeviceError) in
                try stream.read(
                    buffer, at: heads.kvCount * headBytes, count: blocks * heads.kvCount * headBytes, as: Int8(0))
            }
            var sizes = [Int](repeating: 0, count: heads.kvCount)
            codes.withUnsafeBufferPointer { codes in
                for (index, code) in codes.enumerated() {
                    let head = index / headBytes % heads.kvCount
                    sizes[head] = max(sizes[head], abs(Int(code)))
                }
            }
            greatest += sizes
        }
        return greatest
    }
}
