import Foundation
import Glibc

/// Keeps a second platform away from a data folder. The kernel lets go of it however this process ends.
struct DataLock {
    private let descriptor: Int32

    init(folder: String) throws {
        let path = folder + "/up.lock"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CommandError("\(path) cannot be opened: \(String(cString: strerror(errno))).")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw CommandError(
                "Pronk is running already for \(folder). Look with `pronk status`, or choose another folder by --data.")
        }
    }

    func release() { close(descriptor) }
}
