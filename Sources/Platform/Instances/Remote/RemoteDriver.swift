package import Control
import Synchronization

/// "Runs" remote APIs: nothing is started, their health is watched.
///
/// A remote API that does not answer is reported `.unhealthy` even if it never was healthy: nobody will start it.
package struct RemoteDriver: InstanceDriver {
    private let pace: HealthJudge.Pace
    private let timeout: Duration

    package init(pace: HealthJudge.Pace = .remote, timeout: Duration = Limits.remoteProbeTimeout) {
        self.pace = pace
        self.timeout = timeout
    }

    package func launch(
        _ specification: InstanceSpecification, report: @escaping @Sendable (InstanceEvent) -> Void
    ) -> any RunningInstance {
        guard case .remote(let endpoint) = specification.program else {
            report(.launchFailed(reason: "\(specification.id) is no remote API: its program has to be started"))
            return RemoteInstance(watching: Task {})
        }
        let probe = RemoteProbe(endpoint, timeout: timeout)
        let watch = HealthWatch(probe: { await probe.run() }, pace: pace)
        return RemoteInstance(
            watching: Task {
                report(.launched(endpoint, processID: nil))
                await watch.run(report: report)
                report(.exited(reason: "is not watched any more, as asked"))
            })
    }
}

/// A remote API that is watched; letting it go is all that can be done to it.
private struct RemoteInstance: RunningInstance {
    let watching: Task<Void, Never>

    func terminate() { watching.cancel() }
    func kill() { watching.cancel() }
    func usage() -> InstanceUsage? { nil }
}
