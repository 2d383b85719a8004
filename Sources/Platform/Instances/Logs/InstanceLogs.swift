import FoundationEssentials

/// The folder of logs: one folder for each service, one file for each of its instances, by number.
package struct InstanceLogs: Sendable {
    private let folder: String

    package init(dataFolder: String) { folder = dataFolder + "/logs" }

    /// Services of which an instance has run here.
    package func services() -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    /// The numbers of a service's youngest instances, the youngest first.
    package func newest(of service: String, _ count: Int) -> [Int] {
        guard services().contains(service) else { return [] }
        let files = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(service)")) ?? []
        let numbers = files.compactMap { Int($0.hasSuffix(".log") ? $0.dropLast(4) : "") }
        return Array(numbers.sorted(by: >).prefix(count))
    }

    /// Removes the logs of all but a service's youngest instances and those that `running` names.
    package func prune(_ service: String, keeping count: Int, running: Set<Int>) {
        for number in newest(of: service, .max).dropFirst(count) where !running.contains(number) {
            let tail = tail(of: service, number)
            for file in 0..<tail.files { try? FileManager.default.removeItem(atPath: tail.name(file)) }
        }
    }

    package func tail(of service: String, _ number: Int) -> LogTail {
        LogTail(path: "\(folder)/\(service)/\(number).log")
    }

    /// The log of an instance, or of a service's youngest; nil when there is none.
    package func tail(named name: String) -> LogTail? {
        if let number = newest(of: name, 1).first { return tail(of: name, number) }
        guard let dash = name.lastIndex(of: "-"), let number = Int(name[name.index(after: dash)...]) else { return nil }
        let service = String(name[..<dash])
        return newest(of: service, .max).contains(number) ? tail(of: service, number) : nil
    }
}
