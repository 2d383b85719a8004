import Control
import Foundation
import Glibc
import Instances
import TestSupport
import Testing

@Suite("Processes as instances", .timeLimit(.minutes(2)))
struct ProcessDriverTests {
    @Test("an end is told as a sentence, with the last words")
    func lastWords() async throws {
        let instance = try TestInstance(shell: "echo first; echo no such model >&2; exit 3")
        #expect(await instance.end() == .exited(reason: "exited with status 3; its last words: first | no such model"))
        #expect(instance.events.count == 2)
        #expect(instance.running.usage() == nil)
    }

    @Test(
        "an end without words or by a signal is told too",
        arguments: [
            ("exit 0", "exited with status 0, though nobody had asked it to end; it left no message"),
            ("kill -SEGV $$", "was killed by SIGSEGV (signal 11); it left no message"),
        ])
    func otherEnds(script: String, reason: String) async throws {
        #expect(try await TestInstance(shell: script).end() == .exited(reason: reason))
    }

    @Test("what cannot be launched is told with the reason, and nothing else is")
    func launchFailures() async throws {
        let pronk = TestInstance.pronk
        let folder = try TemporaryFolder()
        let file = try folder.write(Array("text".utf8), to: "file")
        let long = "/tmp/" + String(repeating: "a", count: 100)
        for (program, text) in [
            (InstanceSpecification.Program.command(keeper: pronk, arguments: ["no-such-program"]), "no-such-program"),
            (.command(keeper: pronk, arguments: ["/no/such/program"]), "does not exist"),
            (.command(keeper: pronk, arguments: [file]), "make it executable"),
            (.command(keeper: "/no/pronk", arguments: ["true"]), "/no/pronk"),
            (.command(keeper: pronk, arguments: []), "empty command"),
            (.native(executable: "/no/pronk", model: "m", arguments: []), "/no/pronk"),
            (.remote(Endpoint(address: .unix(path: long))), "nothing to start"),
        ] {
            let instance = try TestInstance(program)
            let end = await instance.end()
            guard case .launchFailed(let reason) = end else { return #expect(Bool(false), "\(instance.events)") }
            #expect(reason.contains(text), "\(reason)")
            #expect(instance.events.count == 1)
            instance.running.terminate()
            instance.running.kill()
        }
    }

    @Test("host, port and key stand in environment and arguments, and nothing of the owner's but the minimum")
    func environment() async throws {
        setenv("PRONK_TEST_SECRET", "secret", 1)
        let instance = try TestInstance(
            .command(
                keeper: TestInstance.pronk,
                arguments: [
                    "/bin/sh", "-c", "echo \"args $*\"; env; ls -l /proc/$$/fd", "x", "{host}:{port}", "{key}{x}", "{",
                ]),
            environment: ["OWN": "1", "LANG": "C.UTF-8"])
        let launched = try #require(await instance.launched())
        _ = await instance.end()
        guard case .tcp(_, let port) = launched.endpoint.address, let key = launched.endpoint.bearer else {
            return #expect(Bool(false))
        }
        let lines = LogTail(path: instance.folder.file("log")).last(100).map { String($0.dropFirst(25)) }
        #expect(lines.first == "args 127.0.0.1:\(port) \(key){x} {")
        let names = Set(lines.compactMap { $0.firstMatch(of: /^([A-Z_]+)=/).map { String($0.1) } })
        #expect(names.isSuperset(of: ["HOST", "PORT", "PRONK_INSTANCE_KEY", "OWN", "LANG", "PATH"]))
        #expect(
            names.subtracting([
                "HOST", "PORT", "PRONK_INSTANCE_KEY", "OWN", "LANG", "PATH", "HOME", "TZ", "PWD", "OLDPWD", "SHLVL",
                "_",
            ]) == [])
        #expect(lines.contains("PORT=\(port)") && lines.contains("PRONK_INSTANCE_KEY=\(key)"))
        // Standard input, output and error, and nothing else.
        #expect(lines.filter { $0.contains(" -> ") }.allSatisfy { $0.contains(#/\s[012]\s->/#) })
    }

    @Test("what is wished before it runs is done once it runs")
    func early() async throws {
        let instance = try TestInstance(shell: "sleep 100")
        instance.running.kill()
        guard case .exited = await instance.end() else { return #expect(Bool(false), "\(instance.events)") }
        let polite = try TestInstance(shell: "sleep 100")
        polite.running.terminate()
        guard case .exited = await polite.end() else { return #expect(Bool(false), "\(polite.events)") }
    }

    @Test("whatever is wished whenever, a life is told in order and ends once")
    func order() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let scripts = ["exit 0", "exit 3", "echo a; exec sleep 1000", "trap '' TERM; sleep 1000", "kill -9 $$"]
        var instances: [(TestInstance, wish: Int, waits: Bool)] = []
        for _ in 0..<30 {
            let script = scripts.randomElement(using: &generator) ?? ""
            let instance = try TestInstance(shell: script, grace: .milliseconds(50))
            instances.append((instance, Int.random(in: 0..<3, using: &generator), Bool.random(using: &generator)))
        }
        for (instance, wish, waits) in instances {
            if waits { _ = await instance.launched() }
            if wish != 1 { instance.running.terminate() }
            if wish != 0 { instance.running.kill() }
        }
        for (instance, _, _) in instances {
            _ = await instance.end()
            let events = instance.events
            #expect(events.count == 2)
            guard case .launched = events.first, case .exited = events.last else {
                return #expect(Bool(false), "\(events)")
            }
        }
    }

    @Test("one that ignores SIGTERM is killed when its grace has ended, with all its children")
    func stubborn() async throws {
        let folder = try TemporaryFolder()
        let witness = Witness(folder)
        let instance = try TestInstance(
            shell: "\(witness.shell) trap '' TERM; setsid sleep 1000 & echo ready; while true; do sleep 1000; done",
            grace: .milliseconds(100))
        async let gone = witness.gone()
        #expect(await instance.line(after: "ready") != nil)
        instance.running.terminate()
        #expect(await instance.end()?.reason?.contains("killed") == true)
        #expect(await gone)
    }

    @Test("memory and processor time are those of the whole family")
    func usage() async throws {
        let child = """
            import time
            a = bytearray(64 << 20)
            end = time.process_time() + 0.2
            while time.process_time() < end: pass
            print("ready", flush=True)
            time.sleep(1000)
            """
        let instance = try TestInstance(
            .command(keeper: TestInstance.pronk, arguments: ["/bin/sh", "-c", "setsid python3 -c \"$0\"", child]))
        #expect(await instance.line(after: "ready") != nil)
        let usage = try #require(instance.running.usage())
        #expect(usage.memoryBytes > 64 << 20 && usage.memoryBytes < 512 << 20)
        #expect(usage.processorSeconds >= 0.2 && usage.processorSeconds < 20)
        instance.running.kill()
        _ = await instance.end()
        #expect(instance.running.usage() == nil)
    }

    @Test("150 MB of output never block it, and cost 40 MB of disk and little memory")
    func chatty() async throws {
        let before = residentBytes()
        let instance = try TestInstance(
            shell: "yes 'a line of fifty bytes, as chatty programs write.' | head -c 150000000")
        #expect(await instance.end()?.reason?.hasPrefix("exited with status 0") == true)
        // Other tests of this process take some, too.
        #expect(residentBytes() - before < 140 << 20)
        let sizes = try FileManager.default.contentsOfDirectory(atPath: instance.folder.path).map {
            try Data(contentsOf: URL(filePath: instance.folder.file($0))).count
        }
        #expect(sizes.count == 5)
        #expect(sizes.allSatisfy { $0 <= 8 << 20 })
        #expect(LogTail(path: instance.folder.file("log")).last(3).dropLast().allSatisfy { $0.contains("chatty") })
    }

    @Test("a lease is held by its owner alone: no sibling inherits its other end")
    func leases() async throws {
        let instances = try (0..<5).map { _ in try TestInstance(shell: "echo ready; sleep 1000") }
        var pids: [Int32] = []
        for instance in instances {
            pids.append(try #require(await instance.launched()).pid)
            #expect(await instance.line(after: "ready") != nil)
        }
        let leases = pids.compactMap { link("/proc/\($0)/fd/0") }
        #expect(Set(leases).count == 5)
        for (index, lease) in leases.enumerated() {
            let holders = try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }.filter {
                pid in
                let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd")) ?? []
                return descriptors.contains { link("/proc/\(pid)/fd/\($0)") == lease }
            }
            #expect(Set(holders) == [pids[index], getpid()])
        }
        for instance in instances { instance.running.kill() }
        for instance in instances { _ = await instance.end() }
    }

    @Test("200 launches leave no descriptor open")
    func descriptors() async throws {
        func open() throws -> Int { try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count }
        _ = try await TestInstance(shell: "exit 1").end()
        let before = try open()
        for _ in 0..<20 {
            let instances = try (0..<10).map {
                try $0 % 2 == 0
                    ? TestInstance(shell: "exit 1")
                    : TestInstance(.native(executable: "/bin/true", model: "", arguments: []))
            }
            for instance in instances { #expect(await instance.end()?.reason != nil) }
        }
        // Other tests run beside this one; a leak would leave 200.
        #expect(try open() - before < 100)
    }

    private func link(_ path: String) -> String? { try? FileManager.default.destinationOfSymbolicLink(atPath: path) }

    private func residentBytes() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4096
    }
}
