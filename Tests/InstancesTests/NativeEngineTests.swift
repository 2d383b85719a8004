import Control
import Glibc
import Instances
import TestSupport
import Testing

@Suite("Native engines as instances", .timeLimit(.minutes(1)))
struct NativeEngineTests {
    @Test("one starts on a socket of its own, and ends when asked, and its socket with it")
    func life() async throws {
        let folder = try TemporaryFolder()
        let model = try folder.write(TinyModel().build(), to: "tiny.gguf")
        let instance = try TestInstance(
            .native(executable: TestInstance.pronk, model: model, arguments: ["--threads", "1"]), folder: folder,
            environment: ["PRONK_DATA": folder.path])
        let launched = try #require(await instance.launched())
        guard case .unix(let socket) = launched.endpoint.address else { return #expect(Bool(false)) }
        #expect(launched.endpoint.isResumable && launched.endpoint.bearer == nil)
        #expect(await instance.healthy(), "\(instance.events)")
        #expect(getpgid(launched.pid) == launched.pid)
        #expect((instance.running.usage()?.memoryBytes ?? 0) > 1 << 20)
        instance.running.terminate()
        #expect(await instance.end() == .exited(reason: "ended as asked"))
        #expect(access(socket, F_OK) != 0)
    }

    @Test("one that is killed leaves no socket, and one without a model says so")
    func badEnds() async throws {
        let folder = try TemporaryFolder()
        let model = try folder.write(TinyModel().build(), to: "tiny.gguf")
        let instance = try TestInstance(
            .native(executable: TestInstance.pronk, model: model, arguments: []), folder: folder,
            environment: ["PRONK_DATA": folder.path])
        let launched = try #require(await instance.launched())
        #expect(await instance.healthy())
        kill(launched.pid, SIGKILL)
        #expect(await instance.end()?.reason?.hasPrefix("was killed by SIGKILL (signal 9)") == true)
        guard case .unix(let socket) = launched.endpoint.address else { return #expect(Bool(false)) }
        #expect(access(socket, F_OK) != 0)
        let other = try TestInstance(
            .native(executable: TestInstance.pronk, model: "no-such-model", arguments: []), folder: folder,
            environment: ["PRONK_DATA": folder.path])
        #expect(await other.end()?.reason?.contains("no-such-model") == true)
    }
}
