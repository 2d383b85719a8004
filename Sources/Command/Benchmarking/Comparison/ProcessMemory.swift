import Foundation

/// Memory of a process with all its children, in bytes, as the kernel counts it.
package struct ProcessMemory: Sendable, Codable, Equatable {
    /// Proportional set size: pages that several processes share are divided among them.
    package var proportional = 0
    /// Resident set size: shared pages count in every process.
    package var resident = 0
    /// The largest resident size that each process ever had, summed.
    package var peak = 0

    /// Reads a tree from /proc; nil if the process is gone. What the kernel does not show us (other users' processes)
    /// counts by its resident size.
    package static func ofTree(_ root: Int, procfs: String = "/proc") -> ProcessMemory? {
        var total = ProcessMemory()
        var open = [root]
        var seen: Set<Int> = []
        while let process = open.popLast(), seen.count < Limits.processes {
            guard seen.insert(process).inserted,
                let status = try? String(contentsOfFile: "\(procfs)/\(process)/status", encoding: .utf8)
            else { continue }
            let resident = kilobytes("VmRSS:", in: status) ?? 0
            let rollup = (try? String(contentsOfFile: "\(procfs)/\(process)/smaps_rollup", encoding: .utf8)) ?? ""
            total.resident += resident * 1024
            total.peak += (kilobytes("VmHWM:", in: status) ?? 0) * 1024
            total.proportional += (kilobytes("Pss:", in: rollup) ?? resident) * 1024
            open += children(of: process, procfs: procfs)
        }
        return seen.count > 0 && total.resident > 0 ? total : nil
    }

    private static func children(of process: Int, procfs: String) -> [Int] {
        let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "\(procfs)/\(process)/task")) ?? []
        return tasks.flatMap { task in
            let path = "\(procfs)/\(process)/task/\(task)/children"
            return ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(separator: " ").compactMap {
                Int($0)
            }
        }
    }

    /// The number in a line such as "VmRSS:     1234 kB".
    private static func kilobytes(_ label: String, in text: String) -> Int? {
        text.split(separator: "\n").first { $0.hasPrefix(label) }
            .flatMap { $0.dropFirst(label.count).split(whereSeparator: \.isWhitespace).first }.flatMap { Int($0) }
    }
}
