import Glibc

/// Finds the file that a command names.
package enum Program {
    private static let defaultPath = "/usr/local/bin:/usr/bin:/bin"

    /// As a shell does: a name with a slash is a path, any other is looked for in PATH.
    package static func find(_ name: String, path: String?) throws(InstancesError) -> String {
        if name.contains("/") {
            try check(name, calledAs: name)
            return name
        }
        let folders = (path ?? defaultPath).split(separator: ":").map(String.init)
        var refused: InstancesError?
        for folder in folders where !name.isEmpty {
            do throws(InstancesError) {
                let candidate = "\(folder)/\(name)"
                try check(candidate, calledAs: candidate)
                return candidate
            } catch {
                if error.code == .commandNotExecutable { refused = error }
            }
        }
        throw refused
            ?? InstancesError(
                .commandNotFound,
                "The program '\(name)' was not found in \(folders.joined(separator: ", ")): install it, or name it by "
                    + "its full path.")
    }

    private static func check(_ path: String, calledAs name: String) throws(InstancesError) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            guard errno == EACCES else {
                throw InstancesError(.commandNotFound, "The program '\(name)' does not exist.")
            }
            throw InstancesError(.commandNotExecutable, "The program '\(name)' cannot be reached: permission denied.")
        }
        guard status.st_mode & S_IFMT == S_IFREG, access(path, X_OK) == 0 else {
            throw InstancesError(
                .commandNotExecutable, "'\(name)' is no program that may be run: make it executable (chmod +x).")
        }
    }
}
