import Glibc

/// Reads files of /proc: small, whole in one read, and gone at any moment.
enum SmallFile {
    /// nil if it cannot be read; cut at `limit` bytes.
    static func read(_ path: String, limit: Int = 4096) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var isRead = true
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
            while filled < limit {
                let count = Glibc.read(descriptor, buffer.baseAddress.map { $0 + filled }, limit - filled)
                if count < 0 { isRead = false }
                guard count > 0 else { break }
                filled += count
            }
        }
        return isRead ? bytes : nil
    }
}
