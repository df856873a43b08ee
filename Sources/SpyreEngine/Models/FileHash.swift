import Crypto
import Foundation

/// SHA-256 of files.
enum FileHash {
    /// - Parameter progress: called with the number of bytes read so far.
    /// - Returns: 64 lower-case hexadecimal digits.
    static func sha256(_ path: String, progress: (Int) -> Void = { _ in }) throws -> String {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }
        var hash = SHA256()
        var count = 0
        while let bytes = try file.read(upToCount: 1 << 20), !bytes.isEmpty {
            hash.update(data: bytes)
            count += bytes.count
            progress(count)
        }
        return hash.finalize().map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }
}
