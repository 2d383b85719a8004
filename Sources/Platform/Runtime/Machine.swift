package import Control
import Foundation

/// What this machine has for instances.
package enum Machine {
    /// Cores and memory that this process may use: the machine's, or its control group's if that is less.
    package static func resources() -> Resources {
        Resources(cores: cores, memoryBytes: memoryBytes)
    }

    private static var cores: Double {
        let all = Double(ProcessInfo.processInfo.activeProcessorCount)
        // "max 100000" or "150000 100000": microseconds in each period.
        guard let words = words("/sys/fs/cgroup/cpu.max"), words.count == 2, let quota = Double(words[0]),
            let period = Double(words[1]), period > 0
        else { return all }
        return min(all, quota / period)
    }

    private static var memoryBytes: Int {
        let all = Int(ProcessInfo.processInfo.physicalMemory)
        guard let limit = words("/sys/fs/cgroup/memory.max")?.first.flatMap({ Int($0) }) else { return all }
        return min(all, limit)
    }

    private static func words(_ path: String) -> [Substring]? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        return text.split { $0 == " " || $0 == "\n" }
    }
}
