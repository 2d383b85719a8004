import Glibc

/// A file under construction beside its final path: it appears there complete and all at once, or not at all.
///
/// Several processes can make the same file at the same time: names are unique, and the last to finish wins. The file
/// is locked while its maker lives, so that what a killed process leaves behind can be told from work in progress.
final class PartialFile: @unchecked Sendable {
    // Threads share the descriptor through pwrite alone; `commit` is called by one, after them.
    private let path: String
    private let finalPath: String
    private let descriptor: Int32
    private var isCommitted = false

    static let suffix = ".partial"

    /// Reserves all space up front, so that a full disk is noticed before the work and never in its midst.
    init(beside finalPath: String, byteCount: Int) throws(CheckpointError) {
        self.finalPath = finalPath
        let (folder, name) = Self.split(finalPath)
        path = "\(folder)/.\(name).\(getpid())-\(UInt64.random(in: 0...(.max)))\(Self.suffix)"
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .unwritable(finalPath, errno, byteCount: byteCount) }
        _ = flock(descriptor, LOCK_EX | LOCK_NB)
        // Between creation and lock the file may have been swept away as abandoned.
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_nlink > 0 else {
            throw CheckpointError(.unwritable, "\(path) was removed by another process; try again")
        }
        let code = posix_fallocate(descriptor, 0, byteCount)
        guard code == 0 else { throw .unwritable(finalPath, code, byteCount: byteCount) }
    }

    deinit {
        guard descriptor >= 0 else { return }
        if !isCommitted { unlink(path) }
        close(descriptor)
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(CheckpointError) {
        var done = 0
        while done < bytes.count {
            let count = pwrite(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done, offset + done)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw .unwritable(finalPath, count < 0 ? errno : ENOSPC, byteCount: bytes.count) }
            done += count
        }
    }

    /// Writes the start of the file.
    func write(_ bytes: [UInt8]) throws(CheckpointError) {
        let result = bytes.withUnsafeBytes { bytes in
            Result { () throws(CheckpointError) in try write(bytes, at: 0) }
        }
        try result.get()
    }

    /// Makes the content durable, then puts it in its place.
    func commit() throws(CheckpointError) {
        guard fsync(descriptor) == 0, rename(path, finalPath) == 0 else { throw .unwritable(finalPath, errno) }
        isCommitted = true
        // What is written stays in memory in small pages, which is read at 0.9 of the speed of the huge ones that a
        // reader of the file asks for.
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
        let folder = open(Self.split(finalPath).folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    /// Removes what processes that no longer live left in `folder`.
    static func sweep(_ folder: String, names: [String]) {
        for name in names where name.hasPrefix(".") && name.hasSuffix(suffix) {
            let descriptor = open("\(folder)/\(name)", O_RDWR | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink("\(folder)/\(name)") }
            close(descriptor)
        }
    }

    static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let folder = path[..<slash]
        return (folder.isEmpty ? "/" : String(folder), String(path[path.index(after: slash)...]))
    }
}

extension CheckpointError {
    /// An error of the file system while `byteCount` bytes were to be written to `path`.
    static func unwritable(_ path: String, _ code: Int32, byteCount: Int = 0) -> CheckpointError {
        switch code {
        case ENOSPC, EDQUOT:
            CheckpointError(
                .diskFull,
                "there is no room for \(path), which needs \(megabytes(byteCount)): "
                    + "free some space, or put the data on another disk with --data")
        case EFBIG:
            CheckpointError(
                .diskFull,
                "\(path) needs \(megabytes(byteCount)), more than this process may write to one file: "
                    + "raise the limit (ulimit -f), or use a file system for larger files")
        default: CheckpointError(.unwritable, "cannot write \(path): \(systemMessage(code))")
        }
    }

    private static func megabytes(_ byteCount: Int) -> String {
        byteCount < 1_000_000 ? "\(byteCount) bytes" : "\(byteCount / 1_000_000) MB"
    }
}
