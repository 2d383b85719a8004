import Control
import FoundationEssentials
import Instances
import TestSupport
import Testing

/// Real servers, good and bad.
@Suite("Health of instances", .timeLimit(.minutes(2)))
struct HealthTests {
    private static let quick = {
        var pace = HealthJudge.Pace.command
        pace.ready = .milliseconds(50)
        pace.retry = .milliseconds(20)
        return pace
    }()

    private func server(_ mode: String, flag: String = "", driver: ProcessDriver = ProcessDriver(pace: quick)) throws
        -> TestInstance
    {
        try TestInstance(
            .command(keeper: TestInstance.pronk, arguments: RudeServer.arguments(mode, flag: flag)), driver: driver)
    }

    @Test("a program gets a port of its own, its key comes with the request, and it ends when asked")
    func healthy() async throws {
        let instance = try server("ok")
        let launched = try #require(await instance.launched())
        #expect(await instance.healthy())
        guard case .tcp("127.0.0.1", let port) = launched.endpoint.address else { return #expect(Bool(false)) }
        #expect(port > 1024)
        #expect(launched.endpoint.bearer?.count == 64)
        let request = await instance.line(after: "request 1 ")
        #expect(request?.contains("GET /healthz HTTP/1.1") == true)
        #expect(request?.contains("Bearer \(launched.endpoint.bearer ?? "?")") == true)
        instance.running.terminate()
        #expect(await instance.end() == .exited(reason: "ended as asked, by SIGTERM"))
        #expect(instance.events.count == 3)
    }

    @Test("one that never becomes healthy is reported launched, and no more")
    func neverHealthy() async throws {
        let instance = try server("unready")
        #expect(await instance.line(after: "request 20 ") != nil)
        #expect(instance.events.count == 1)
        instance.running.kill()
        #expect(await instance.end() == .exited(reason: "was killed as asked"))
    }

    @Test(
        "one that falls ill is reported unhealthy with the reason, and healthy when it recovers",
        arguments: [
            ("unready", "status 503"), ("rubbish", "no HTTP"), ("endless", "no HTTP"), ("header", "status 500"),
            ("hang", "no answer within"), ("drip", "no answer within"), ("close", "closed the connection"),
        ])
    func recovery(mode: String, reason: String) async throws {
        let folder = try TemporaryFolder()
        let flag = folder.file("mode")
        let instance = try server(
            "switch", flag: flag, driver: ProcessDriver(pace: Self.quick, probeTimeout: .milliseconds(500)))
        #expect(await instance.healthy())
        try Data(mode.utf8).write(to: URL(filePath: flag))
        let event = await instance.next()
        guard case .unhealthy(let told) = event else { return #expect(Bool(false), "\(instance.events)") }
        #expect(told.contains(reason), "\(told)")
        try Data("large".utf8).write(to: URL(filePath: flag))
        #expect(await instance.next() == .healthy)
        instance.running.kill()
        _ = await instance.end()
        #expect(instance.events.count == 5)
    }

    @Test("one that hangs delays nobody else's health")
    func independent() async throws {
        let folder = try TemporaryFolder()
        try Data("hang".utf8).write(to: URL(filePath: folder.file("mode")))
        // So patient that a probe in anybody's way would be there to the end of the test.
        let patient = ProcessDriver(probeTimeout: .seconds(1000))
        let hanging = try (0..<8).map { _ in try server("switch", flag: folder.file("mode"), driver: patient) }
        for instance in hanging { #expect(await instance.line(after: "request 1 ") != nil) }
        let good = try server("ok", driver: patient)
        #expect(await good.healthy())
        for instance in hanging + [good] { instance.running.kill() }
        for instance in hanging + [good] { _ = await instance.end() }
        for instance in hanging { #expect(instance.events.count == 2) }
    }
}
