import Control
import Foundation
import Glibc
import Instances
import Synchronization
import TestSupport

/// An instance of a test, with a folder of its own, and what is reported of it.
final class TestInstance: Sendable {
    static let python = "python3"
    let folder: TemporaryFolder
    let running: any RunningInstance
    private let seen: Seen
    private let stream: AsyncStream<InstanceEvent>
    private static let number = Atomic(0)

    private final class Seen: Sendable {
        let events = Mutex<[InstanceEvent]>([])
    }

    init(
        _ program: InstanceSpecification.Program, driver: any InstanceDriver = ProcessDriver(),
        folder: TemporaryFolder? = nil, environment: [String: String] = [:], memory: Int? = nil,
        grace: Duration = .seconds(30)
    ) throws {
        let folder = try folder ?? TemporaryFolder()
        self.folder = folder
        let seen = Seen()
        self.seen = seen
        let (stream, report) = AsyncStream.makeStream(of: InstanceEvent.self)
        self.stream = stream
        let number = Self.number.add(1, ordering: .relaxed).newValue
        running = driver.launch(
            InstanceSpecification(
                id: InstanceID(service: "test", number: number), program: program, environment: environment,
                memoryLimitBytes: memory, socketFolder: folder.path, logPath: folder.file("log"), gracePeriod: grace)
        ) { event in
            seen.events.withLock { $0.append(event) }
            report.yield(event)
            switch event {
            case .exited, .launchFailed: report.finish()
            default: break
            }
        }
    }

    /// A shell script under `pronk keep`.
    convenience init(shell script: String, driver: any InstanceDriver = ProcessDriver(), grace: Duration = .seconds(30))
        throws
    {
        try self.init(
            .command(keeper: Self.pronk, arguments: ["/bin/sh", "-c", script]), driver: driver, grace: grace)
    }

    /// The program that was built beside the tests.
    static var pronk: String {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return tests.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/pronk"
    }

    var events: [InstanceEvent] { seen.events.withLock { $0 } }

    /// Waits for an event that has not been waited for yet; nil if the instance ends before.
    @discardableResult
    func next(_ isWanted: (InstanceEvent) -> Bool = { _ in true }) async -> InstanceEvent? {
        for await event in stream where isWanted(event) { return event }
        return nil
    }

    func launched() async -> (endpoint: Endpoint, pid: Int32)? {
        let event = await next { if case .launched = $0 { true } else { false } }
        guard case .launched(let endpoint, let pid) = event else { return nil }
        return (endpoint, pid ?? 0)
    }

    @discardableResult
    func healthy() async -> Bool { await next { $0 == .healthy } != nil }

    /// Waits for the end; what was reported last.
    func end() async -> InstanceEvent? {
        for await _ in stream {}
        return events.last
    }

    /// Waits until a line of the log contains `text`, and returns what follows it.
    func line(after text: String) async -> String? {
        for await lines in LogTail(path: folder.file("log")).follow(last: 1000) {
            for line in lines { if let range = line.firstRange(of: text) { return String(line[range.upperBound...]) } }
        }
        return nil
    }
}

extension InstanceEvent {
    /// Of an end.
    var reason: String? {
        switch self {
        case .exited(let reason), .launchFailed(let reason), .unhealthy(let reason): reason
        default: nil
        }
    }
}

/// Tells when the last of some processes is gone: a named pipe that they hold open for writing, all by inheritance.
struct Witness {
    let path: String

    init(_ folder: TemporaryFolder) {
        path = folder.file("witness")
        mkfifo(path, 0o600)
    }

    /// What a shell script says to be watched, it and its children.
    var shell: String { "exec 9>\(path); " }

    /// Waits until there was a holder, and there is none any more; false if that takes too long.
    func gone() async -> Bool {
        let path = path
        return await blocking {
            let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
            defer { close(descriptor) }
            var request = pollfd(fd: descriptor, events: 0, revents: 0)
            return poll(&request, 1, 30_000) == 1
        }
    }
}

/// Runs what blocks on a thread of its own: Swift's are few, and the tests share them.
func blocking<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        Thread.detachNewThread { continuation.resume(returning: body()) }
    }
}
