import Autoscaling
import Control
import Instances
import Logging
import PlatformConfiguration
import Runtime
import Testing

@Suite("The platform carries out what the control plane decides")
struct PlatformTests {
    static let place = ServicePlan.Place(executable: "/bin/false", dataFolder: "/data", socketFolder: "/sockets")

    static func platform(_ driver: ScriptedDriver, sink: CollectingSink = CollectingSink()) throws -> Platform {
        let service = ServiceConfiguration(name: "llama", engine: .command(["serve"]))
        let plan = try ServicePlan(
            service, machine: Resources(cores: 2, memoryBytes: 1 << 30), place: place, inspect: Self.inspect)
        return Platform(
            plans: [plan], machine: Resources(cores: 2, memoryBytes: 1 << 30), place: place, driver: driver,
            sink: sink, logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() })
    }

    static func inspect(_ model: String) throws -> NativeModel {
        NativeModel(imageBytes: 1 << 20, kvBytesPerToken: 1 << 10, contextLength: 1 << 10)
    }

    static func arrival(_ number: UInt64) -> RequestArrival {
        RequestArrival(
            id: RequestID(rawValue: number), service: "llama", tenant: "key",
            size: RequestSize(promptTokens: 10, maximumTokens: 10), name: "req-\(number)")
    }

    @Test("a request at zero has an instance launched, and goes there when it is healthy")
    func wakes() async throws {
        let driver = ScriptedDriver(isReadyAtOnce: false)
        let platform = try Self.platform(driver)
        let waiting = AwaitedAdmission()
        guard case .queued = platform.submit(Self.arrival(1), waiting: waiting) else {
            Issue.record("the request was not queued")
            return
        }
        var launches = driver.launched.makeAsyncIterator()
        let instance = try #require(await launches.next())
        #expect(instance.specification.logPath == "/data/logs/llama/\(instance.specification.id.number).log")
        instance.report(.launched(Endpoint(address: .unix(path: "/a")), processID: 7))
        instance.report(.healthy)
        guard case .dispatched(let dispatch) = await waiting.first() else {
            Issue.record("the request was not dispatched")
            return
        }
        #expect(dispatch.endpoint.address == .unix(path: "/a"))
        #expect(dispatch.instance == instance.specification.id)
        #expect(platform.explanation(named: "req-1")?.steps.isEmpty == false)
    }

    @Test("a request is settled once, whatever is finished twice")
    func settles() async throws {
        let driver = ScriptedDriver(isReadyAtOnce: true), sink = CollectingSink()
        let platform = try Self.platform(driver, sink: sink)
        let waiting = AwaitedAdmission()
        _ = platform.submit(Self.arrival(1), waiting: waiting)
        _ = await waiting.first()
        let usage = TokenUsage(prompt: 10, generated: 3)
        platform.finish(RequestID(rawValue: 1), .completed(usage, status: 200, timeToFirstToken: .zero))
        platform.finish(RequestID(rawValue: 1), .clientGone(usage))
        let settled = sink.settled.withLock { $0 }
        #expect(settled.map(\.name) == ["req-1"])
        #expect(settled.first?.outcome == .completed(usage, status: 200, timeToFirstToken: .zero))
    }

    @Test("the status shows instances with what they take")
    func status() async throws {
        let driver = ScriptedDriver(isReadyAtOnce: true)
        let platform = try Self.platform(driver)
        let waiting = AwaitedAdmission()
        _ = platform.submit(Self.arrival(1), waiting: waiting)
        _ = await waiting.first()
        let report = platform.status(version: "1")
        let service = try #require(report.services.first)
        #expect(service.engine == "command" && service.inFlight == 1)
        #expect(service.instances.map(\.state) == ["ready"])
        #expect(service.instances.first?.memoryBytes == 7)
        #expect(platform.metrics().contains(#"pronk_instances{service="llama",state="ready"} 1.0"#))
    }

    @Test("waking an unknown service launches nothing")
    func unknownService() throws {
        let platform = try Self.platform(ScriptedDriver(isReadyAtOnce: true))
        platform.wake("nobody")
        #expect(!platform.has("nobody") && platform.has("llama"))
        #expect(platform.status(version: "1").services.flatMap(\.instances).isEmpty)
    }
}
