import Dispatch
import Glibc
import Synchronization

/// Ctrl+C and SIGTERM during a measurement: the first ends it with what there is, the second at once.
final class BenchInterruption: Sendable {
    /// The status with which shells expect an interrupted program to end.
    static let exitCode: Int32 = 130

    private let requests = Atomic<Int>(0)
    private let action = Mutex<(@Sendable () -> Void)?>(nil)

    var isRequested: Bool { requests.load(ordering: .acquiring) > 0 }

    /// Runs `body` in a task that a signal cancels.
    static func running<Value: Sendable>(
        _ body: @escaping @Sendable (BenchInterruption) async throws -> Value
    ) async throws -> Value {
        let interruption = BenchInterruption()
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { interruption.request() }
            source.activate()
            return source
        }
        defer { for source in sources { source.cancel() } }
        let task = Task { try await body(interruption) }
        interruption.action.withLock { $0 = { task.cancel() } }
        if interruption.isRequested { task.cancel() }
        return try await task.value
    }

    private func request() {
        if requests.add(1, ordering: .acquiringAndReleasing).newValue > 1 { _exit(Self.exitCode) }
        action.withLock { $0 }?()
    }
}
