import CProcess
import Glibc

/// The program that `pronk keep` runs.
package struct KeptProgram: Sendable {
    /// Of all its processes together.
    package var memoryBytes: Int?
    package var grace: Duration
    /// Changed to before it runs; nil: whoever runs `pronk keep`.
    package var user: String?
    package var command: [String]

    package init(command: [String], memoryBytes: Int? = nil, grace: Duration = .seconds(30), user: String? = nil) {
        self.command = command
        self.memoryBytes = memoryBytes
        self.grace = grace
        self.user = user
    }

    /// Starts it with this process's environment, in a session of its own.
    func start() throws(InstancesError) -> pid_t {
        guard let name = command.first else {
            throw InstancesError(.invalidSpecification, "No command to keep: write it after --.")
        }
        let environment = ProcessEnvironment.current
        let path = try Program.find(name, path: environment["PATH"])
        let account = try user.map(Account.init)
        var pid: pid_t = 0
        let error = withStrings(command) { arguments in
            withStrings(environment.map { "\($0)=\($1)" }) { variables in
                path.withCString { path in
                    (account?.groups ?? []).withUnsafeBufferPointer { groups in
                        var request = pk_process_command()
                        request.path = path
                        request.arguments = arguments
                        request.environment = variables
                        request.data_bytes = memoryBytes.map { UInt64($0) * Limits.mappedPerUsed } ?? 0
                        request.files = Limits.files
                        if let account {
                            request.has_user = 1
                            request.user = account.user
                            request.group = account.group
                            request.groups = groups.baseAddress
                            request.group_count = Int32(groups.count)
                        }
                        return pk_process_spawn(&request, &pid)
                    }
                }
            }
        }
        guard error == 0 else {
            throw InstancesError(
                error == ENOENT ? .commandNotFound : .commandNotExecutable,
                "'\(path)' cannot be run: \(String(cString: strerror(error))).")
        }
        return pid
    }

    /// C strings for as long as `body` runs, with a null at the end.
    private func withStrings<Value>(
        _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>?) -> Value
    ) -> Value {
        var pointers = strings.map { strdup($0) }
        pointers.append(nil)
        defer { for pointer in pointers { free(pointer) } }
        return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
    }
}

/// A user of the system, with all his groups.
private struct Account {
    let user: uid_t
    let group: gid_t
    let groups: [gid_t]

    init(_ name: String) throws(InstancesError) {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var text = [CChar](repeating: 0, count: 16 << 10)
        guard getpwnam_r(name, &entry, &text, text.count, &found) == 0, found != nil else {
            throw InstancesError(.unknownUser, "This system has no user '\(name)'.")
        }
        user = entry.pw_uid
        group = entry.pw_gid
        var count: Int32 = 1024
        var all = [gid_t](repeating: 0, count: Int(count))
        groups = getgrouplist(name, entry.pw_gid, &all, &count) >= 0 ? Array(all.prefix(Int(count))) : [entry.pw_gid]
    }
}
