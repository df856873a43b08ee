import Foundation

/// Keeps two processes from fetching into one cache at the same time. Ends with the object or the process.
final class CacheLock {
    private let descriptor: Int32

    /// - Throws: `.busy` when another process has it.
    init(directory: String) throws(ModelStoreError) {
        let path = directory + "/.lock"
        descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw .failed(
                step: "cannot write in \(directory)", reason: String(cString: strerror(errno)),
                remedy: ModelStoreError.otherFolder)
        }
        // The object is complete here, so that throwing runs deinit.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw .busy(path: directory) }
    }

    deinit {
        guard descriptor >= 0 else { return }
        // Closing alone would leave the lock with a child process that another thread is just starting.
        _ = flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
