import Foundation
import Subprocess
import Synchronization
package import SystemPackage

/// An engine that lives as long as this program needs it.
///
/// Its standard input is its lease: a pipe whose other end only this process holds. The kernel closes it however this
/// process ends, so no engine is left behind. The engine gets a process group of its own, so that Ctrl+C in the
/// terminal reaches this program alone.
package final class EngineProcess: Sendable {
    private struct State {
        var log: [String] = []
        var hasEnded = false
    }
    private let state = Mutex(State())

    private init() {}

    /// Starts an engine and runs `body` beside it. The engine is told to end when `body` returns or throws, and is
    /// waited for. `ended` gets its last log lines as soon as it ends, also while `body` runs.
    package static func run<Value: Sendable>(
        _ executable: FilePath, arguments: [String], ended: @escaping @Sendable ([String]) -> Void,
        body: @Sendable (EngineProcess) async throws -> Value
    ) async throws -> Value {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(Limits.engineEndSeconds))]
        let engine = EngineProcess()
        do {
            let outcome = try await Subprocess.run(
                .path(executable), arguments: Arguments(executablePathOverride: "pronk", remainingValues: arguments),
                platformOptions: options, input: .inputWriter, output: .sequence, error: .combinedWithOutput
            ) { execution in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        let lines = execution.standardOutput.strings(
                            bufferingPolicy: .maxLineLength(Limits.logLineBytes))
                        for try await line in lines { engine.append(line) }
                        ended(engine.end())
                    }
                    // The lease is closed after an error too.
                    let result: Result<Value, any Error>
                    do { result = .success(try await body(engine)) } catch { result = .failure(error) }
                    try? await execution.standardInputWriter.finish()
                    group.addTask {
                        try await Task.sleep(for: .seconds(Limits.engineEndSeconds))
                        try? execution.send(signal: .kill)
                    }
                    try await group.next()
                    group.cancelAll()
                    return result
                }
            }
            return try outcome.closureResult.get()
        } catch let error as SubprocessError {
            throw TerminalError(.engineFailed, "The engine could not be started (\(executable)): \(error)")
        }
    }

    /// Waits until the engine can serve. Throws if it ends first or takes too long.
    package func awaitHealth(of client: ChatClient) async throws {
        let deadline = ContinuousClock.now + .seconds(Limits.engineStartSeconds)
        while !(await client.isHealthy()) {
            let (log, hasEnded) = state.withLock { ($0.log, $0.hasEnded) }
            if hasEnded {
                throw TerminalError(.engineFailed, "The engine ended before it could serve. " + Self.lastWords(log))
            }
            guard ContinuousClock.now < deadline else {
                throw TerminalError(
                    .engineFailed,
                    "The engine was not ready after \(Limits.engineStartSeconds) s. " + Self.lastWords(log))
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// The end of an engine's log, as the second half of a message.
    static func lastWords(_ log: [String]) -> String {
        log.isEmpty ? "It left no message." : "Its last words:\n" + log.map { "  " + $0 }.joined(separator: "\n")
    }

    private func append(_ line: String) {
        let text = line.last?.isNewline == true ? String(line.dropLast()) : line
        state.withLock { state in
            state.log.append(text)
            if state.log.count > Limits.logLines { state.log.removeFirst() }
        }
    }

    private func end() -> [String] {
        state.withLock { state in
            state.hasEnded = true
            return state.log
        }
    }
}
