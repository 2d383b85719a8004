package import Control
import Instances

/// What people and programs are shown of the platform.
extension Platform {
    package func status(version: String) -> StatusReport {
        let (snapshot, plans) = state.withLock { ($0.plane.snapshot(now: now), $0.plans) }
        let limits = plans.mapValues { plan in
            let scale = plan.configuration.scale
            return (engine: plan.configuration.engine.name, minimum: scale.min, maximum: scale.max)
        }
        return StatusReport(
            snapshot, limits: limits, speeds: speeds.withLock { $0.perSecond(snapshot, now: now) }, usages: usages(),
            version: version, uptime: uptime)
    }

    /// The services of the file, in its order, with what runs of them.
    package func services() -> [(plan: ServicePlan, state: ServiceSnapshot)] {
        let (snapshot, plans) = state.withLock { ($0.plane.snapshot(now: now), $0.plans) }
        return snapshot.services.compactMap { service in plans[service.name].map { ($0, service) } }
    }

    /// The platform's part of `/metrics`.
    package func metrics() -> String {
        PlatformMetrics.text(state.withLock { $0.plane.snapshot(now: now) }, usages: usages())
    }

    /// nil when no request of that name is known, or none any more.
    package func explanation(named name: String) -> ExplainReport? {
        state.withLock { $0.plane.explanation(named: name) }.map(ExplainReport.init)
    }

    private func usages() -> [InstanceID: InstanceUsage] {
        running.withLock { $0 }.compactMapValues { $0.usage() }
    }
}
