package import Control
import Glibc
import Subprocess
import SystemPackage

/// Runs instances as processes of this machine: native engines directly, all else under `pronk keep`.
///
/// An instance's standard input is its lease: a pipe whose other end only this process holds, because it closes on exec
/// and the library closes every descriptor in the children that it starts. However this process ends, the kernel closes
/// the pipe, and the instance ends.
package struct ProcessDriver: InstanceDriver {
    private let pace: HealthJudge.Pace?
    private let probeTimeout: Duration

    /// - Parameter pace: of health probes; nil: as suits the program.
    package init(pace: HealthJudge.Pace? = nil, probeTimeout: Duration = Limits.probeTimeout) {
        self.pace = pace
        self.probeTimeout = probeTimeout
    }

    package func launch(
        _ specification: InstanceSpecification, report: @escaping @Sendable (InstanceEvent) -> Void
    ) -> any RunningInstance {
        let isKept = if case .command = specification.program { true } else { false }
        let instance = ProcessInstance(isKept: isKept, gracePeriod: specification.gracePeriod)
        // Not at the caller's priority: threads, and with them processes, would inherit it.
        Task.detached(priority: .medium) { await live(specification, instance, report) }
        return instance
    }

    /// One instance's life. Only this task reports, so events are in order and the last one is the last.
    private func live(
        _ specification: InstanceSpecification, _ instance: ProcessInstance,
        _ report: @escaping @Sendable (InstanceEvent) -> Void
    ) async {
        let plan: LaunchPlan
        do throws(InstancesError) {
            plan = try LaunchPlan(specification) { () throws(InstancesError) in try PortPool.shared.take() }
        } catch {
            _ = instance.ended()
            return report(.launchFailed(reason: error.message))
        }
        let end = await run(plan, specification, instance, report)
        // Before anybody hears of the end: its successor may get the same port, and must find nobody there.
        if let key = plan.key, case .exited = end.event, end.isAbrupt { Survivors.end(key: key) }
        if let port = plan.port { PortPool.shared.giveBack(port) }
        if case .unix(let path) = plan.endpoint.address { unlink(path) }
        report(end.event)
    }

    private func run(
        _ plan: LaunchPlan, _ specification: InstanceSpecification, _ instance: ProcessInstance,
        _ report: @escaping @Sendable (InstanceEvent) -> Void
    ) async -> (event: InstanceEvent, isAbrupt: Bool) {
        var options = PlatformOptions()
        options.processGroupID = 0
        do {
            let outcome = try await Subprocess.run(
                .path(FilePath(plan.executable)),
                arguments: Arguments(executablePathOverride: "pronk", remainingValues: plan.arguments),
                environment: .custom(
                    plan.environment.reduce(into: [:]) { $0[Environment.Key(stringLiteral: $1.key)] = $1.value }),
                platformOptions: options, input: .inputWriter, output: .sequence, error: .combinedWithOutput
            ) { execution in
                let pid = execution.processIdentifier.value
                instance.started(pid)
                report(.launched(plan.endpoint, processID: pid))
                return await watch(execution.standardOutput, plan, specification) { health in
                    // Whoever was asked to end need not be healthy any more.
                    if !instance.isEnding { report(health) }
                }
            }
            let wish = instance.ended()
            let status: ExitSentence.Status =
                switch outcome.terminationStatus {
                case .exited(let code): .exited(code)
                case .signaled(let number): .signaled(number)
                }
            let isAbrupt = if case .signaled = status { true } else { false }
            let reason = ExitSentence.make(
                plan.isKept ? status.ofKeptProgram : status, wish: wish, lastWords: outcome.closureResult)
            return (.exited(reason: reason), isAbrupt)
        } catch {
            _ = instance.ended()
            return (.launchFailed(reason: "\(plan.executable) could not be started: \(error)"), false)
        }
    }

    /// Drains the instance's output beside watching its health, until it has ended.
    /// - Returns: its last words.
    private func watch(
        _ output: SubprocessOutputSequence, _ plan: LaunchPlan, _ specification: InstanceSpecification,
        _ report: @escaping @Sendable (InstanceEvent) -> Void
    ) async -> String? {
        let probe = HealthProbe(plan.endpoint, path: specification.healthPath, timeout: probeTimeout)
        let health = HealthWatch(probe: { await probe.run() }, pace: pace ?? plan.pace)
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { await health.run(report: report) }
            var log = InstanceLog(path: specification.logPath)
            do {
                for try await buffer in output { buffer.withUnsafeBytes { log.append($0) } }
            } catch {
                // The pipe is closed; what came before is in the log.
            }
            log.finish()
            group.cancelAll()
            return log.lastWords
        }
    }
}
