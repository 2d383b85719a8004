import Control
import Instances
import Runtime
import Synchronization

/// Starts nothing: a test says what happens to each instance.
final class ScriptedDriver: InstanceDriver {
    final class Scripted: RunningInstance {
        let specification: InstanceSpecification
        let report: @Sendable (InstanceEvent) -> Void
        let orders = Mutex<[String]>([])

        init(_ specification: InstanceSpecification, _ report: @escaping @Sendable (InstanceEvent) -> Void) {
            self.specification = specification
            self.report = report
        }

        func terminate() {
            orders.withLock { $0.append("terminate") }
            report(.exited(reason: "asked to"))
        }

        func kill() {
            orders.withLock { $0.append("kill") }
            report(.exited(reason: "killed"))
        }

        func usage() -> InstanceUsage? { InstanceUsage(memoryBytes: 7, processorSeconds: 0.5) }
    }

    let launched: AsyncStream<Scripted>
    private let continuation: AsyncStream<Scripted>.Continuation
    let isReadyAtOnce: Bool

    init(isReadyAtOnce: Bool) {
        self.isReadyAtOnce = isReadyAtOnce
        (launched, continuation) = AsyncStream.makeStream(of: Scripted.self)
    }

    func launch(
        _ specification: InstanceSpecification, report: @escaping @Sendable (InstanceEvent) -> Void
    ) -> any RunningInstance {
        let instance = Scripted(specification, report)
        if isReadyAtOnce {
            report(.launched(Endpoint(address: .unix(path: "/\(specification.id)")), processID: 1))
            report(.healthy)
        }
        continuation.yield(instance)
        return instance
    }
}

/// Keeps what the ledger would get.
final class CollectingSink: PlatformSink {
    let settled = Mutex<[SettledRequest]>([])
    let states = Mutex<[InstanceState]>([])

    func settle(_ request: SettledRequest) { settled.withLock { $0.append(request) } }
    func change(_ instance: InstanceID, from: InstanceState, to: InstanceState) {
        states.withLock { $0.append(to) }
    }
    func occupy(_ instance: InstanceID, _ isBusy: Bool) {}
}

/// Hands an admission to whoever awaits it.
final class AwaitedAdmission: WaitingRequest {
    let admissions: AsyncStream<Admission>
    private let continuation: AsyncStream<Admission>.Continuation

    init() { (admissions, continuation) = AsyncStream.makeStream(of: Admission.self) }

    func resolved(_ admission: Admission) { continuation.yield(admission) }

    func first() async -> Admission? {
        for await admission in admissions { return admission }
        return nil
    }
}
