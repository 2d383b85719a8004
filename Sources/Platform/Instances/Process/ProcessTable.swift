import Glibc

/// The machine's processes at one moment, as /proc shows them.
struct ProcessTable: Sendable {
    struct Entry: Sendable {
        var pid: pid_t
        var parent: pid_t
        var group: pid_t
        /// Ticks of the processor, with those of children that have ended and were waited for.
        var ticks: Int
        var isZombie: Bool
    }

    private(set) var entries: [Entry] = []

    init() {
        for pid in Self.processIDs() {
            if let bytes = SmallFile.read("/proc/\(pid)/stat"), let entry = Self.parse(bytes, pid: pid) {
                entries.append(entry)
            }
        }
    }

    /// All processes that descend from `root`, without it.
    func descendants(of root: pid_t) -> [Entry] {
        let children = Dictionary(grouping: entries, by: \.parent)
        var found: [Entry] = []
        var open = [root]
        // A process seen before and after a change of parent must not send us in circles.
        var seen: Set<pid_t> = [root]
        while let parent = open.popLast() {
            for child in children[parent] ?? [] where seen.insert(child.pid).inserted {
                found.append(child)
                open.append(child.pid)
            }
        }
        return found
    }

    func entry(_ pid: pid_t) -> Entry? { entries.first { $0.pid == pid } }

    static func processIDs() -> [pid_t] { numbers(in: "/proc") }

    /// Direct children, without a look at other processes; none where the kernel has no such list. Those that have
    /// ended and were not waited for are among them.
    static func children(of pid: pid_t) -> [pid_t] {
        numbers(in: "/proc/\(pid)/task").flatMap { thread -> [pid_t] in
            guard let bytes = SmallFile.read("/proc/\(pid)/task/\(thread)/children", limit: 64 << 10) else { return [] }
            return String(decoding: bytes, as: UTF8.self).split(separator: " ").compactMap { pid_t($0) }
        }
    }

    private static func numbers(in path: String) -> [pid_t] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var pids: [pid_t] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let pid = pid_t(name) { pids.append(pid) }
        }
        return pids
    }

    /// `pid (name) state parent group …`; the name may hold anything, also blanks and brackets.
    static func parse(_ bytes: [UInt8], pid: pid_t) -> Entry? {
        guard let bracket = bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = String(decoding: bytes[(bracket + 1)...], as: UTF8.self).split(separator: " ")
        guard fields.count > 14, let parent = pid_t(fields[1]), let group = pid_t(fields[2]) else { return nil }
        let ticks = fields[11...14].reduce(0) { $0 + (Int($1) ?? 0) }
        return Entry(pid: pid, parent: parent, group: group, ticks: ticks, isZombie: fields[0] == "Z")
    }
}
