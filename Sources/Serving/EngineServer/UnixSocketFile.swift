import Glibc

/// The file of a Unix socket: left behind by a server that was killed, it would block the next one.
enum UnixSocketFile {
    /// Removes the file at `path` if it is a socket on which nobody listens.
    static func removeIfStale(_ path: String) throws(EngineServerError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw EngineServerError(
                .cannotListen, "'\(path)' exists and is no socket: move it away or choose another path with --listen.")
        }
        guard !hasListener(path) else {
            throw EngineServerError(
                .addressInUse,
                "Another program listens on '\(path)': stop it, or choose another path with --listen.")
        }
        unlink(path)
    }

    /// Only the owner may connect: requests carry private text, and a local engine asks for no key.
    static func restrictToOwner(_ path: String) {
        chmod(path, 0o600)
    }

    static func remove(_ path: String) {
        unlink(path)
    }

    private static func hasListener(_ path: String) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(Limits.socketPathBytes)) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        // A full backlog (EAGAIN) means a listener, too.
        return result == 0 || errno == EAGAIN
    }
}
