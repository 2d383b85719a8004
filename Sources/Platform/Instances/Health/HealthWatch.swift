import Control

/// Looks after one instance's health for as long as its task is not cancelled. Each instance has a watch of its own, so
/// that one that hangs delays nobody else's.
struct HealthWatch: Sendable {
    let probe: @Sendable () async -> ProbeResult
    let pace: HealthJudge.Pace

    func run(report: @Sendable (InstanceEvent) -> Void) async {
        var judge = HealthJudge(pace: pace)
        while !Task.isCancelled {
            let result = await probe()
            if Task.isCancelled { return }
            if let event = judge.handle(result) { report(event) }
            try? await Task.sleep(for: judge.pause)
        }
    }
}
