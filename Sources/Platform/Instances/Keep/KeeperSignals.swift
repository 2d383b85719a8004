import Glibc
import Synchronization

/// The write end of the pipe into which `pronk keep`'s signals go: handlers may do no more than write a byte.
private let sink = Atomic<Int32>(-1)

/// Signals as bytes that can be waited for beside other descriptors.
struct KeeperSignals {
    private static let numbers = [SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGCHLD]
    let descriptor: Int32

    init() throws(InstancesError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw InstancesError(.system, "No pipe can be made: \(String(cString: strerror(errno))).")
        }
        // The program gets neither end: all but its first three descriptors are closed.
        for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        descriptor = ends[0]
        sink.store(ends[1], ordering: .releasing)
        for number in Self.numbers {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { number in
                let before = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(sink.load(ordering: .acquiring), &byte, 1)
                errno = before
            }
            sigaction(number, &action, nil)
        }
        // A log that nobody reads any more must not end the keeper before what it keeps.
        signal(SIGPIPE, SIG_IGN)
    }

    /// What has come since the last call.
    func take() -> [Int32] {
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = read(descriptor, &bytes, bytes.count)
        return bytes.prefix(max(0, count)).map(Int32.init)
    }
}
