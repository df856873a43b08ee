import Foundation

/// Bytes of the files in a folder, for progress.
enum FolderSize {
    /// The sum over all files below `path` that are there just now.
    static func bytes(of path: String) -> Int {
        guard let files = FileManager.default.enumerator(atPath: path) else { return 0 }
        var total = 0
        while files.nextObject() is String {
            guard files.fileAttributes?[.type] as? FileAttributeType == .typeRegular else { continue }
            total += (files.fileAttributes?[.size] as? NSNumber)?.intValue ?? 0
        }
        return total
    }
}
