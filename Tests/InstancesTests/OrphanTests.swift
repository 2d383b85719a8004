import Foundation
import Glibc
import Instances
import TestSupport
import Testing

/// Whoever is killed, nothing stays behind.
@Suite("Orphans", .timeLimit(.minutes(2)))
struct OrphanTests {
    /// A family that clings to life: children in sessions of their own that ignore SIGTERM, and one that forks, leaves
    /// its session, and exits, a hundred times a second.
    private static let family = #"""
        import os, signal, sys, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        for number in range(30):
            if os.fork() == 0:
                os.setsid()
                if number >= 3: time.sleep(60)
                # Should nobody end it, it ends itself: the machine has other things to do.
                end = time.monotonic() + 20
                while time.monotonic() < end:
                    if os.fork() != 0: os._exit(0)
                    os.setsid()
                    time.sleep(0.01)
                os._exit(0)
        print("ready", flush=True)
        time.sleep(1000)
        """#

    /// Starts what follows with a lease, waits for "ready", and dies.
    private static let owner = #"""
        import os, signal, subprocess, sys
        child = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        while b"ready" not in child.stdout.readline(): pass
        os.kill(os.getpid(), signal.SIGKILL)
        """#

    @Test("when its owner is killed, a kept program and all its family are gone within 5 s")
    func ownerKilled() async throws {
        let folder = try TemporaryFolder()
        let witness = Witness(folder)
        async let gone = witness.gone()
        let death = try await ownerDies(startedWith: [
            TestInstance.pronk, "keep", "--", "/bin/sh", "-c", "\(witness.shell) exec python3 -c \"$0\"", Self.family,
        ])
        #expect(await gone)
        #expect(ContinuousClock().now - death < .seconds(5))
    }

    @Test("when its owner is killed, a native engine is gone within 5 s")
    func engineOwnerKilled() async throws {
        let folder = try TemporaryFolder()
        let model = try folder.write(TinyModel().build(), to: "tiny.gguf")
        let witness = Witness(folder)
        async let gone = witness.gone()
        let death = try await ownerDies(startedWith: [
            "/bin/sh", "-c",
            "\(witness.shell) exec \(TestInstance.pronk) engine --lease --data \(folder.path) --model \(model) "
                + "--listen unix:\(folder.file("s"))",
        ])
        #expect(await gone)
        #expect(ContinuousClock().now - death < .seconds(5))
    }

    /// - Returns: when the owner of a command died, which is when the command had said "ready".
    private func ownerDies(startedWith command: [String]) async throws -> ContinuousClock.Instant {
        let owner = Process()
        owner.executableURL = URL(filePath: "/usr/bin/env")
        owner.arguments = ["python3", "-c", Self.owner] + command
        try owner.run()
        return await blocking {
            owner.waitUntilExit()
            return ContinuousClock().now
        }
    }

    @Test("when the keeper itself is killed, the driver finds what it kept before it tells the end")
    func keeperKilled() async throws {
        let folder = try TemporaryFolder()
        let witness = Witness(folder)
        let instance = try TestInstance(
            shell:
                "\(witness.shell) trap '' TERM; setsid sleep 1000 & setsid sh -c 'sleep 1000' & echo ready; sleep 1000")
        async let gone = witness.gone()
        let keeper = try #require(await instance.launched()).pid
        #expect(await instance.line(after: "ready") != nil)
        kill(keeper, SIGKILL)
        #expect(await instance.end()?.reason?.contains("SIGKILL") == true)
        #expect(await gone)
    }

    @Test("kill() ends the whole family at once")
    func killed() async throws {
        let folder = try TemporaryFolder()
        let witness = Witness(folder)
        let instance = try TestInstance(
            .command(
                keeper: TestInstance.pronk,
                arguments: ["/bin/sh", "-c", "\(witness.shell) exec python3 -c \"$0\"", Self.family]))
        async let gone = witness.gone()
        #expect(await instance.line(after: "ready") != nil)
        instance.running.kill()
        #expect(await instance.end() == .exited(reason: "was killed as asked"))
        #expect(await gone)
    }

    @Test("what a program leaves behind when it exits by itself does not outlive it")
    func leftovers() async throws {
        let folder = try TemporaryFolder()
        let witness = Witness(folder)
        let instance = try TestInstance(shell: "\(witness.shell) setsid sleep 1000 & echo bye; exit 4")
        async let gone = witness.gone()
        #expect(await instance.end() == .exited(reason: "exited with status 4; its last words: bye"))
        #expect(await gone)
    }
}
