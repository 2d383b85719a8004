import Glibc

/// How many descriptors this process may have open.
enum OpenFiles {
    /// Raises the soft limit to the hard one: every client takes a descriptor, and so does the instance's side of its
    /// request, while many systems start programs with 1,024.
    static func raiseLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
