import Foundation

/// Room on the file system that a folder is on, or will be on.
package enum FreeSpace {
    /// Bytes that this user may still write; nil where the system does not tell.
    ///
    /// - Parameter path: need not exist: the nearest folder above it that does is looked at.
    package static func bytes(at path: String) -> Int? {
        var folder = URL(fileURLWithPath: path).standardizedFileURL.path
        while true {
            var status = statvfs()
            if statvfs(folder, &status) == 0 {
                let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
                return overflow ? Int.max : Int(clamping: bytes)
            }
            guard errno == ENOENT || errno == ENOTDIR, folder != "/" else { return nil }
            folder = (folder as NSString).deletingLastPathComponent
        }
    }
}
