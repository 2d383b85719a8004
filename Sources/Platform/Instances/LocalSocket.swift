import Glibc
import Synchronization

/// What has to be asked of the system about sockets before anybody listens on them.
enum LocalSocket {
    /// Nobody listens on this Unix socket.
    static func isAbandoned(_ path: String) -> Bool {
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
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
        return result != 0 && errno == ECONNREFUSED
    }

    /// The port on 127.0.0.1 that was bound for a moment, or nil. 0 takes any.
    static func bindMomentarily(port: Int) -> Int? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port)).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        return isBound ? Int(in_port_t(bigEndian: address.sin_port)) : nil
    }
}

/// Ports given to instances of this process, so that two starts at a time do not get the same.
///
/// They are taken from below the range from which the system serves outgoing connections: such a connection could
/// otherwise take the port between our look and the instance's bind.
final class PortPool: Sendable {
    static let shared = PortPool()
    private let taken = Mutex<Set<Int>>([])
    private let range: Range<Int>

    init() {
        let text = SmallFile.read("/proc/sys/net/ipv4/ip_local_port_range").map { String(decoding: $0, as: UTF8.self) }
        let lowest = text.flatMap { $0.split(whereSeparator: \.isWhitespace).first }.flatMap { Int($0) } ?? 32_768
        range = Limits.lowestPort..<max(Limits.lowestPort + 1, lowest)
    }

    func take() throws(InstancesError) -> Int {
        for attempt in 0..<(Limits.portTries * 2) {
            let wanted = attempt < Limits.portTries ? Int.random(in: range) : 0
            guard let port = LocalSocket.bindMomentarily(port: wanted) else { continue }
            if taken.withLock({ $0.insert(port).inserted }) { return port }
        }
        throw InstancesError(
            .noPort, "No port on 127.0.0.1 is free for another instance: too many programs listen on this machine.")
    }

    func giveBack(_ port: Int) { taken.withLock { _ = $0.remove(port) } }
}
