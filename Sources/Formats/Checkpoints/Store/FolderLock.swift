import Glibc

/// Holds a folder for one process at a time, without leaving a lock file behind; other processes wait.
///
/// The lock ends with the object, and with the process however it ends.
final class FolderLock {
    private let descriptor: Int32

    init(_ folder: String) throws(CheckpointError) {
        descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(folder, errno) }
        var result = flock(descriptor, LOCK_EX)
        while result != 0 && errno == EINTR { result = flock(descriptor, LOCK_EX) }
        // Some network file systems have no locks. Packing twice is then wasteful, but still safe.
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }
}
