import Foundation

/// Room on the disk that a folder is on, or will be on.
enum DiskSpace {
    /// Bytes that this user can still write; nil when nothing of the path exists.
    static func available(at path: String) -> Int? {
        var folder = URL(fileURLWithPath: path).standardizedFileURL.path
        while true {
            var status = statvfs()
            if statvfs(folder, &status) == 0 {
                let (bytes, overflow) = Int(clamping: status.f_bavail)
                    .multipliedReportingOverflow(by: Int(clamping: status.f_frsize))
                return overflow ? Int.max : bytes
            }
            guard folder != "/" else { return nil }
            folder = (folder as NSString).deletingLastPathComponent
        }
    }
}
