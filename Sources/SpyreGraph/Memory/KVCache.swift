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

    public init(device: Device, layers: Int, blockCount: Int, heads: AttentionHeads, type: ScalarType)
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
                keys.append(try Buffer(device: device, byteCount: bytes))
                values.append(try Buffer(device: device, byteCount: bytes))
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
}
