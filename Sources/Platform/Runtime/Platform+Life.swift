import Autoscaling
package import Control
import Dispatch
import Foundation
import Instances
import PlatformConfiguration
import ServiceLifecycle

extension Platform: Service {
    /// Keeps the time until a graceful shutdown, then lets what runs finish and every instance end.
    package func run() async throws {
        let ticking = Task {
            var nextSave = now + Limits.saveInterval
            while !Task.isCancelled {
                keepWarmSchedules()
                recordHistory()
                if now >= nextSave {
                    savePolicies()
                    nextSave = now + Limits.saveInterval
                }
                let next = decide { state, now in
                    state.plane.tick(now: now)
                    return state.plane.nextDeadline
                }
                let pause = min(Limits.tickInterval, max(Limits.shortestTick, (next ?? .seconds(3600)) - now))
                try? await Task.sleep(for: pause)
            }
        }
        try? await gracefulShutdown()
        ticking.cancel()
        savePolicies()
        await shutDown()
    }

    /// Writes what the deciders have learnt.
    private func savePolicies() {
        let policies = state.withLock { state in
            Dictionary(uniqueKeysWithValues: state.plans.keys.map { ($0, state.plane.policy(of: $0)) })
        }
        do {
            try LearntPolicies(folder: place.dataFolder).save(policies.compactMapValues { $0 as? WorkPolicy }, now: now)
        } catch {
            logger.warning("what autoscaling has learnt cannot be written: \(error)")
        }
    }

    /// Somebody wants a service awake; an unknown one is none.
    package func wake(_ service: String) {
        decide { $0.plane.wake(service, now: $1) }
    }

    /// Ends a service when what runs is done; nothing is taken until `start`, or the next start of the platform.
    package func stop(_ service: String) {
        decide { $0.plane.stop(service, now: $1) }
    }

    package func start(_ service: String) {
        decide { $0.plane.start(service, now: $1) }
    }

    /// Whether the file has a service of that name.
    package func has(_ service: String) -> Bool { state.withLock { $0.plans[service] != nil } }

    /// New settings from the file; running streams stay.
    package func reconfigure(_ plans: [ServicePlan], machine: Resources) {
        decide { state, now in
            state.plans = Dictionary(uniqueKeysWithValues: plans.map { ($0.configuration.name, $0) })
            state.plane.reconfigure(plans.map(\.settings), machine: machine, now: now)
        }
    }

    private func keepWarmSchedules() {
        let time = Date().timeIntervalSince1970
        decide { state, now in
            for (name, plan) in state.plans where !plan.configuration.scale.warm.isEmpty {
                state.plane.keepWarm(name, plan.configuration.scale.warm.contains { $0.isWarm(at: time) }, now: now)
            }
        }
    }

    private func shutDown() async {
        decide { $0.plane.shutDown(now: $1) }
        let deadline = now + Limits.shutdownGrace
        while !running.withLock(\.isEmpty), now < deadline {
            decide { $0.plane.tick(now: $1) }
            try? await Task.sleep(for: Limits.shortestTick)
        }
        for instance in running.withLock({ Array($0.values) }) { instance.kill() }
        // What the last instances' ends mean for the ledger is on its way there.
        await withCheckedContinuation { told in worker.async { told.resume() } }
    }
}
