import Control
import FoundationEssentials
import Instances
import TestSupport
import Testing

@Suite("Remote APIs", .timeLimit(.minutes(1)))
struct RemoteDriverTests {
    private static let driver = {
        var pace = HealthJudge.Pace.remote
        pace.ready = .milliseconds(50)
        pace.retry = .milliseconds(20)
        pace.start = .milliseconds(20)
        return MultiDriver(remotes: RemoteDriver(pace: pace, timeout: .milliseconds(500)))
    }()

    @Test("are asked for their models with their key, and told ill and well again")
    func life() async throws {
        let folder = try TemporaryFolder()
        let server = try TestInstance(
            .command(
                keeper: TestInstance.pronk, arguments: RudeServer.arguments("switch", flag: folder.file("mode"))),
            environment: ["PRONK_TEST": "1"])
        var endpoint = try #require(await server.launched()).endpoint
        #expect(await server.healthy())
        endpoint.basePath = "/compatible"
        endpoint.bearer = "secret"
        let remote = try TestInstance(.remote(endpoint), driver: Self.driver)
        #expect(await remote.next() == .launched(endpoint, processID: nil))
        #expect(await remote.next() == .healthy)
        let request = await server.line(after: "GET /compatible/v1/models")
        #expect(request?.contains("Bearer secret") == true)
        for mode in ["hang", "rubbish", "unready", "endless"] {
            try Data(mode.utf8).write(to: URL(filePath: folder.file("mode")))
            guard case .unhealthy = await remote.next() else { return #expect(Bool(false), "\(remote.events)") }
            try Data("ok".utf8).write(to: URL(filePath: folder.file("mode")))
            #expect(await remote.next() == .healthy)
        }
        #expect(remote.running.usage() == nil)
        remote.running.terminate()
        guard case .exited = await remote.end() else { return #expect(Bool(false)) }
        server.running.kill()
        _ = await server.end()
    }

    @Test("that nobody answers for are told unhealthy, though they never were healthy")
    func absent() async throws {
        let remote = try TestInstance(
            .remote(Endpoint(address: .tcp(host: "127.0.0.1", port: 1))), driver: Self.driver)
        await remote.next()
        guard case .unhealthy(let reason) = await remote.next() else { return #expect(Bool(false)) }
        #expect(reason.contains("failed"))
        remote.running.kill()
        guard case .exited = await remote.end() else { return #expect(Bool(false)) }
    }
}
