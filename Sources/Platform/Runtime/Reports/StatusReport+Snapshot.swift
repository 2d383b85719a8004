package import Control
package import Instances

extension StatusReport {
    /// - Parameters:
    ///   - speeds: tokens a second by service.
    ///   - engines: kind of engine by service.
    ///   - usages: what instances take of the machine now.
    package init(
        _ snapshot: PlatformSnapshot, limits: [String: (engine: String, minimum: Int, maximum: Int)],
        speeds: [String: Double], usages: [InstanceID: InstanceUsage], version: String, uptime: Duration
    ) {
        self.init(
            version: version, uptime: uptime.seconds,
            machine: Machine(
                cores: snapshot.machine.cores, memoryBytes: snapshot.machine.memoryBytes,
                usedCores: snapshot.machine.cores - snapshot.free.cores,
                usedMemoryBytes: snapshot.machine.memoryBytes - snapshot.free.memoryBytes),
            services: snapshot.services.map { service in
                let limit = limits[service.name]
                return Service(
                    service, engine: limit?.engine ?? "", minimum: limit?.minimum ?? 0, maximum: limit?.maximum ?? 0,
                    tokensPerSecond: speeds[service.name] ?? 0, usages: usages)
            })
    }
}

extension StatusReport.Service {
    init(
        _ service: ServiceSnapshot, engine: String, minimum: Int, maximum: Int, tokensPerSecond: Double,
        usages: [InstanceID: InstanceUsage]
    ) {
        let isStarting = service.wake.state == .starting
        self.init(
            name: service.name, engine: engine, state: service.isRetired ? "retired" : service.wake.state.rawValue,
            desired: service.desired, minimum: minimum, maximum: maximum, queued: service.queue.requests,
            inFlight: service.inFlight, tokensPerSecond: tokensPerSecond, requests: service.totals.arrived,
            generatedTokens: service.totals.usage.generated, coldStarts: service.totals.coldStarts.count,
            restarts: service.totals.crashes, reason: service.waitsForRoom ?? service.decision,
            lastFailure: service.lastFailure, wakePercent: isStarting ? service.wake.percent : nil,
            wakeRemaining: isStarting ? service.wake.remaining?.seconds : nil,
            instances: service.instances.map { StatusReport.Instance($0, usage: usages[$0.id]) })
    }
}

extension StatusReport.Instance {
    init(_ instance: InstanceSnapshot, usage: InstanceUsage?) {
        self.init(
            id: instance.id.description, state: instance.state.rawValue, age: instance.age.seconds,
            inFlight: instance.inFlight, memoryBytes: usage?.memoryBytes,
            processorSeconds: usage?.processorSeconds, generatedTokens: instance.usage.generated,
            trouble: instance.trouble)
    }
}

extension Duration {
    var seconds: Double { self / .seconds(1) }
}
