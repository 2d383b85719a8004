import Glibc

/// Making folders that only their owner can enter.
enum Folder {
    /// Errors show when something is opened in the folder.
    static func makeWithParents(_ path: String) {
        guard mkdir(path, 0o700) != 0, errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex
        else { return }
        makeWithParents(String(path[..<slash]))
        mkdir(path, 0o700)
    }
}
