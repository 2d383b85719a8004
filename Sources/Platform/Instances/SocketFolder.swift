import Control
import Glibc

/// The folder of a platform's Unix sockets: short, because a socket's path has 107 bytes at most, and for this user
/// alone, because whoever can connect can talk to the engines.
package struct SocketFolder: Sendable {
    package let path: String

    /// Makes the folder of the platform that keeps its data in `dataFolder`, or takes the one that is there, and
    /// removes sockets on which nobody listens any more.
    package static func make(
        dataFolder: String, environment: [String: String] = ProcessEnvironment.current
    ) throws(InstancesError) -> SocketFolder {
        try make(at: path(dataFolder: dataFolder, environment: environment))
    }

    /// Where that folder is, whether or not it is there.
    package static func path(
        dataFolder: String, environment: [String: String] = ProcessEnvironment.current
    ) -> String {
        let digest = String(StableHash.of(absolute(dataFolder)), radix: 16)
        if let runtime = environment["XDG_RUNTIME_DIR"], runtime.hasPrefix("/"), isOwn(runtime) {
            let path = "\(runtime)/pronk-\(digest)"
            if path.utf8.count <= Limits.socketFolderBytes { return path }
        }
        return "/tmp/pronk-\(geteuid())-\(digest)"
    }

    /// The platform's own socket, on which its commands reach it.
    package static func controlSocket(dataFolder: String) -> String { path(dataFolder: dataFolder) + "/control.sock" }

    private static func make(at path: String) throws(InstancesError) -> SocketFolder {
        if mkdir(path, 0o700) != 0, errno != EEXIST {
            throw InstancesError(
                .system, "The folder of sockets \(path) cannot be made: \(String(cString: strerror(errno))).")
        }
        // Anybody may make a folder in /tmp before us: what is there is looked at without following links.
        guard isOwn(path) else {
            throw InstancesError(
                .unsafeFolder,
                "\(path) is where sockets of engines belong, but it is no folder of this user. Somebody else made it: "
                    + "remove it, or set XDG_RUNTIME_DIR to a folder of your own.")
        }
        guard chmod(path, 0o700) == 0 else {
            throw InstancesError(.system, "\(path) cannot be closed to others: \(String(cString: strerror(errno))).")
        }
        let folder = SocketFolder(path: path)
        folder.removeStaleSockets()
        return folder
    }

    /// Where an instance listens.
    static func socketPath(for id: InstanceID, in folder: String) throws(InstancesError) -> String {
        let isPlain = id.service.utf8.allSatisfy { byte in
            let character = Character(Unicode.Scalar(byte))
            return byte < 128 && (character.isLetter || character.isNumber || "._-".contains(character))
        }
        let plain = "\(folder)/\(id.service)-\(id.number).sock"
        if isPlain, plain.utf8.count <= Limits.socketPathBytes { return plain }
        let short = "\(folder)/\(String(StableHash.of(id.service), radix: 16))-\(id.number).sock"
        guard short.utf8.count <= Limits.socketPathBytes else {
            throw InstancesError(
                .invalidSpecification,
                "The folder of sockets \(folder) is too deep: a socket's path has \(Limits.socketPathBytes) bytes.")
        }
        return short
    }

    private func removeStaleSockets() {
        guard let folder = opendir(path) else { return }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.hasSuffix(".sock") else { continue }
            let socket = "\(path)/\(name)"
            var status = stat()
            guard lstat(socket, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { continue }
            if LocalSocket.isAbandoned(socket) { unlink(socket) }
        }
    }

    private static func isOwn(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR && status.st_uid == geteuid()
    }

    private static func absolute(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}

/// FNV-1a: the same in every run, unlike Swift's own hashes. For names, not against attackers.
enum StableHash {
    static func of(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
