import Glibc

/// Read-only bytes of a whole file, mapped: nothing is read before it is touched, and instances share the page cache.
///
/// Whoever keeps a pointer into `bytes` keeps the object. The file must not be shortened while it is mapped: reading
/// past its new end raises SIGBUS. Images are safe, because they are replaced by renaming and never written in place.
package final class MappedFile: @unchecked Sendable {
    // Never written after init, and freed only when nobody holds the object.
    package let bytes: UnsafeRawBufferPointer
    package let path: String
    /// Modification time in nanoseconds since 1970; 0 for bytes in memory.
    package let modificationTime: Int64
    private let isMapped: Bool

    package init(path: String) throws(CheckpointError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(path, errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(path, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw CheckpointError(.unreadable, "\(path) is not a file")
        }
        guard status.st_size > 0 else { throw CheckpointError(.truncated, "\(path) is empty") }
        let count = Int(status.st_size)
        guard let base = mmap(nil, count, PROT_READ, MAP_SHARED, descriptor, 0), base != MAP_FAILED else {
            throw .unreadable(path, errno)
        }
        bytes = UnsafeRawBufferPointer(start: base, count: count)
        self.path = path
        modificationTime = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
        isMapped = true
    }

    /// A copy of `contents` in a block of exactly their size, so that a memory checker sees every read past the end.
    package init(contents: UnsafeRawBufferPointer, path: String) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: contents.count, alignment: 64)
        copy.copyMemory(from: contents)
        bytes = UnsafeRawBufferPointer(copy)
        self.path = path
        modificationTime = 0
        isMapped = false
    }

    deinit {
        if isMapped {
            munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
        } else {
            bytes.deallocate()
        }
    }
}

extension CheckpointError {
    static func unreadable(_ path: String, _ code: Int32) -> CheckpointError {
        CheckpointError(.unreadable, "cannot read \(path): \(systemMessage(code))")
    }
}

/// The system's words for an error number.
func systemMessage(_ code: Int32) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { text in
        guard let start = text.baseAddress, strerror_r(code, start, text.count) == 0 else { return "error \(code)" }
        return String(cString: start)
    }
}
