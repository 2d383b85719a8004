import Glibc

extension InstanceUsage {
    /// Of a process and all that descend from it; nil once it is gone.
    package static func measure(_ pid: Int32) -> InstanceUsage? {
        let table = ProcessTable()
        guard let root = table.entry(pid), !root.isZombie else { return nil }
        let all = [root] + table.descendants(of: pid)
        let ticksPerSecond = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
        return InstanceUsage(
            memoryBytes: all.reduce(0) { $0 + proportionalBytes($1.pid) },
            processorSeconds: Double(all.reduce(0) { $0 + $1.ticks }) / ticksPerSecond)
    }

    /// PSS where it may be read, else RSS, which counts shared pages for every process that maps them.
    static func proportionalBytes(_ pid: pid_t) -> Int {
        if let bytes = SmallFile.read("/proc/\(pid)/smaps_rollup") {
            let text = String(decoding: bytes, as: UTF8.self)
            for line in text.split(separator: "\n") where line.hasPrefix("Pss:") {
                let kibibytes = line.split(separator: " ").dropFirst().first.flatMap { Int($0) }
                if let kibibytes { return kibibytes * 1024 }
            }
        }
        return residentBytes(pid)
    }

    static func residentBytes(_ pid: pid_t) -> Int {
        guard let bytes = SmallFile.read("/proc/\(pid)/statm") else { return 0 }
        let fields = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        let pages = fields.count > 1 ? Int(fields[1]) ?? 0 : 0
        return pages * sysconf(Int32(_SC_PAGESIZE))
    }
}
