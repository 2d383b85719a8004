import Runtime
import Terminal

/// A status report as text for people. Pure.
enum StatusView {
    static func text(_ report: StatusReport) -> String {
        var lines = [headline(report), ""]
        let header = ["SERVICE", "STATE", "INSTANCES", "QUEUE", "RUNNING", "TOK/S", "REQUESTS", "ENGINE"]
        lines.append(TextTable.lines([header] + report.services.map(row), right: [2, 3, 4, 5, 6]))
        let instances = report.services.flatMap(\.instances)
        if !instances.isEmpty {
            let header = ["INSTANCE", "STATE", "AGE", "RUNNING", "MEMORY", "CPU"]
            lines += ["", TextTable.lines([header] + instances.map(row), right: [2, 3, 4, 5])]
        }
        let notes = report.services.compactMap(note)
        if !notes.isEmpty { lines += [""] + notes }
        return lines.joined(separator: "\n")
    }

    private static func headline(_ report: StatusReport) -> String {
        let machine = report.machine
        return "pronk \(report.version), up \(age(report.uptime)); \(number(machine.usedCores)) of "
            + "\(number(machine.cores)) cores and \(TextTable.bytes(machine.usedMemoryBytes)) of "
            + "\(TextTable.bytes(machine.memoryBytes)) promised to instances"
    }

    private static func row(_ service: StatusReport.Service) -> [String] {
        var state = service.state
        if let percent = service.wakePercent {
            state += " \(percent) %"
            if let remaining = service.wakeRemaining { state += ", \(age(remaining)) left" }
        }
        let running = service.instances.count { $0.state == "ready" }
        return [
            service.name, state, "\(running) of \(service.minimum)–\(service.maximum)", String(service.queued),
            String(service.inFlight), number(service.tokensPerSecond), String(service.requests), service.engine,
        ]
    }

    private static func row(_ instance: StatusReport.Instance) -> [String] {
        [
            instance.id, instance.state, age(instance.age), String(instance.inFlight),
            instance.memoryBytes.map(TextTable.bytes) ?? "–", instance.processorSeconds.map(age) ?? "–",
        ]
    }

    private static func note(_ service: StatusReport.Service) -> String? {
        if let failure = service.lastFailure { return "\(service.name): \(failure)" }
        return service.reason.isEmpty ? nil : "\(service.name): \(service.reason)"
    }

    /// "0.4 s", "12 s", "3 min", "5 h", "2 d".
    static func age(_ seconds: Double) -> String {
        switch seconds {
        case ..<10: "\((seconds * 10).rounded() / 10) s"
        case ..<120: "\(Int(seconds)) s"
        case ..<7200: "\(Int(seconds / 60)) min"
        case ..<172_800: "\(Int(seconds / 3600)) h"
        default: "\(Int(seconds / 86_400)) d"
        }
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() ? String(Int(value)) : String((value * 10).rounded() / 10)
    }
}
