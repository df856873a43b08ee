import Foundation

/// Room on the file system of a folder.
enum FreeSpace {
    /// Bytes that this user may still write; nil where the system does not tell.
    static func bytes(at path: String) -> Int? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return overflow ? Int.max : Int(clamping: bytes)
    }
}
