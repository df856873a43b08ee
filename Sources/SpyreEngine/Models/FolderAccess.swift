import Foundation

/// Whether this user can write in a folder that may not exist yet.
package enum FolderAccess {
    /// Why nothing can be written there, in the system's words (`/data: Permission denied`); nil when it can be.
    ///
    /// - Parameter path: the nearest thing above it that exists is looked at.
    package static func obstacle(at path: String) -> String? {
        var folder = URL(fileURLWithPath: path).standardizedFileURL.path
        while true {
            var status = stat()
            if stat(folder, &status) == 0 {
                guard status.st_mode & S_IFMT == S_IFDIR else { return text(folder, ENOTDIR) }
                return access(folder, W_OK | X_OK) == 0 ? nil : text(folder, errno)
            }
            let code = errno
            // A link to nowhere is in the way of a folder of its name.
            let isAbsent = lstat(folder, &status) != 0 && (code == ENOENT || code == ENOTDIR)
            guard isAbsent, folder != "/" else { return text(folder, code) }
            folder = (folder as NSString).deletingLastPathComponent
        }
    }

    private static func text(_ path: String, _ code: Int32) -> String { "\(path): \(String(cString: strerror(code)))" }
}
