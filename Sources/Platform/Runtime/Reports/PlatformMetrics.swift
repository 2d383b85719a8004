import Control
import Instances
import Observability

/// The platform's part of `/metrics`.
enum PlatformMetrics {
    private typealias Families = PlatformMetricFamilies

    static func text(_ snapshot: PlatformSnapshot, usages: [InstanceID: InstanceUsage]) -> String {
        var page = PrometheusText()
        let services = snapshot.services
        page.open(Families.instances)
        for service in services {
            for state in InstanceState.allCases {
                let count = service.instances.count { $0.state == state }
                page.sample(
                    Families.instances.name, Double(count), ["service": service.name, "state": state.rawValue])
            }
        }
        gauge(&page, Families.desired, services) { Double($0.desired) }
        gauge(&page, Families.queued, services) { Double($0.queue.requests) }
        gauge(&page, Families.inFlight, services) { Double($0.inFlight) }
        gauge(&page, Families.requests, services) { Double($0.totals.arrived) }
        page.open(Families.refused)
        for service in services {
            for (code, count) in service.totals.refused.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                page.sample(
                    Families.refused.name, Double(count), ["service": service.name, "code": code.rawValue])
            }
        }
        gauge(&page, Families.retries, services) { Double($0.totals.retries) }
        gauge(&page, Families.launches, services) { Double($0.totals.launched) }
        gauge(&page, Families.failedStarts, services) { Double($0.totals.failedStarts) }
        gauge(&page, Families.crashes, services) { Double($0.totals.crashes) }
        addTokens(&page, services)
        addHistograms(&page, services)
        addMachine(&page, snapshot, usages)
        return page.text
    }

    private static func gauge(
        _ page: inout PrometheusText, _ family: PrometheusText.Family, _ services: [ServiceSnapshot],
        _ value: (ServiceSnapshot) -> Double
    ) {
        page.open(family)
        for service in services { page.sample(family.name, value(service), ["service": service.name]) }
    }

    private static func addTokens(_ page: inout PrometheusText, _ services: [ServiceSnapshot]) {
        page.open(Families.tokens)
        for service in services {
            let usage = service.totals.usage
            let kinds = [
                ("prompt", usage.prompt), ("cached", usage.cached), ("generated", usage.generated),
                ("wasted", usage.wasted),
            ]
            for (kind, count) in kinds {
                page.sample(Families.tokens.name, Double(count), ["service": service.name, "kind": kind])
            }
        }
    }

    private static func addHistograms(_ page: inout PrometheusText, _ services: [ServiceSnapshot]) {
        page.open(Families.coldStart)
        for service in services {
            page.add(samplesOf: Families.coldStart, service.totals.coldStarts, ["service": service.name])
        }
        page.open(Families.queueTime)
        for service in services {
            page.add(samplesOf: Families.queueTime, service.totals.waits, ["service": service.name])
        }
    }

    private static func addMachine(
        _ page: inout PrometheusText, _ snapshot: PlatformSnapshot, _ usages: [InstanceID: InstanceUsage]
    ) {
        page.open(Families.memory)
        for (id, usage) in usages.sorted(by: { $0.key < $1.key }) {
            page.sample(
                Families.memory.name, Double(usage.memoryBytes),
                ["service": id.service, "instance": id.description])
        }
        page.open(Families.machineCores)
        page.sample(Families.machineCores.name, snapshot.machine.cores, ["kind": "all"])
        page.sample(Families.machineCores.name, snapshot.machine.cores - snapshot.free.cores, ["kind": "promised"])
        page.open(Families.machineMemory)
        page.sample(Families.machineMemory.name, Double(snapshot.machine.memoryBytes), ["kind": "all"])
        page.sample(
            Families.machineMemory.name, Double(snapshot.machine.memoryBytes - snapshot.free.memoryBytes),
            ["kind": "promised"])
    }
}
