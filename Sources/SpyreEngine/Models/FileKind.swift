import Foundation

/// What is at a path, symbolic links followed.
enum FileKind: Equatable {
    case missing
    case directory
    case file(byteCount: Int)
    /// A device, socket or pipe.
    case other

    init(_ path: String) {
        var isDirectory: ObjCBool = false
        guard !path.isEmpty, FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            self = .missing
            return
        }
        if isDirectory.boolValue {
            self = .directory
            return
        }
        // Attributes are those of a link itself, so that it has to be resolved first.
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let attributes = try? FileManager.default.attributesOfItem(atPath: target)
        guard attributes?[.type] as? FileAttributeType == .typeRegular, let size = attributes?[.size] as? NSNumber
        else {
            self = .other
            return
        }
        self = .file(byteCount: size.intValue)
    }
}
