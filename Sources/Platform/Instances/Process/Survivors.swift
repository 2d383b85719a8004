import Glibc

/// Ends what a keeper left behind that was killed itself, and so could not do it.
///
/// The instance's key stands in the environment of every process that it started, wherever that process has gone.
enum Survivors {
    static func end(key: String) {
        let mark = Array("PRONK_INSTANCE_KEY=\(key)".utf8)
        let deadline = ContinuousClock.now + Limits.sweep
        var emptySweeps = 0
        while emptySweeps < Limits.emptySweeps, ContinuousClock.now < deadline {
            let found = ProcessTable.processIDs().filter { pid in
                guard pid != getpid(), let environment = SmallFile.read("/proc/\(pid)/environ", limit: 128 << 10) else {
                    return false
                }
                return environment.split(separator: 0).contains { $0.elementsEqual(mark) }
            }
            emptySweeps = found.isEmpty ? emptySweeps + 1 : 0
            for pid in found { kill(pid, SIGKILL) }
        }
    }
}
