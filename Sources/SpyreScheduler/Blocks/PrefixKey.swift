import Crypto

/// Names the contents of a full KV block: its tokens and everything before them. SHA-256 over the key of the block
/// before, what else the contents depend on, and the tokens as 32-bit little-endian integers.
package struct PrefixKey: Hashable, Sendable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// The key before the first block. A digest of the identity's parts, each behind its length.
    init(_ identity: PrefixIdentity) {
        var hasher = SHA256()
        for part in [identity.model, identity.adapter ?? "", identity.salt ?? ""] {
            var length = UInt64(part.utf8.count).littleEndian
            withUnsafeBytes(of: &length) { hasher.update(bufferPointer: $0) }
            hasher.update(data: Array(part.utf8))
        }
        self.init(hasher.finalize())
    }

    init(parent: PrefixKey, tokens: ArraySlice<Int32>) {
        var hasher = SHA256()
        withUnsafeBytes(of: parent.words) { hasher.update(bufferPointer: $0) }
        #if _endian(little)
            tokens.withUnsafeBytes { hasher.update(bufferPointer: $0) }
        #else
            tokens.map(\.littleEndian).withUnsafeBytes { hasher.update(bufferPointer: $0) }
        #endif
        self.init(hasher.finalize())
    }

    private init(_ digest: SHA256.Digest) {
        words = digest.withUnsafeBytes {
            (
                $0.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
                $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
                $0.loadUnaligned(fromByteOffset: 16, as: UInt64.self),
                $0.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
            )
        }
    }

    package static func == (a: PrefixKey, b: PrefixKey) -> Bool { a.words == b.words }

    /// The digest is evenly spread already: a quarter of it is hash enough.
    package func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}
