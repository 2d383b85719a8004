import Engine
import Synchronization

/// Times one request's tokens as they come from the engine, and counts its choices as they end.
final class RequestMeter: Sendable {
    private struct Choice {
        var lastToken: ContinuousClock.Instant?
        var tokens = 0
        var isFinished = false
    }

    private let metrics: EngineMetrics
    private let arrival: ContinuousClock.Instant
    private let choices: Mutex<[Choice]>

    /// - Parameter finished: for the first choices, whether another engine brought them to their end.
    init(_ metrics: EngineMetrics, arrival: ContinuousClock.Instant, choices: Int, finished: [Bool] = []) {
        self.metrics = metrics
        self.arrival = arrival
        self.choices = Mutex(
            (0..<choices).map { Choice(isFinished: finished.indices.contains($0) && finished[$0]) })
    }

    /// Choices that nobody waited for.
    deinit {
        let aborted = choices.withLock { $0.count { !$0.isFinished } }
        if aborted > 0 { metrics.record { $0.aborted += aborted } }
    }

    /// Tokens generated so far, over all choices.
    var generatedTokens: Int { choices.withLock { $0.reduce(0) { $0 + $1.tokens } } }

    func record(_ event: GenerationEvent) {
        let now = ContinuousClock.now
        choices.withLock { choices in
            guard choices.indices.contains(event.choice) else { return }
            if !event.tokens.isEmpty { recordTokens(event.tokens.count, &choices[event.choice], now) }
            if let finish = event.finish {
                choices[event.choice].isFinished = true
                record(finish, tokens: choices[event.choice].tokens)
            }
            if choices.allSatisfy(\.isFinished) {
                metrics.record { $0.endToEndLatency.observe((now - arrival).seconds) }
            }
        }
    }

    private func recordTokens(_ count: Int, _ choice: inout Choice, _ now: ContinuousClock.Instant) {
        if let last = choice.lastToken {
            let latency = (now - last).seconds / Double(count)
            metrics.record { for _ in 0..<count { $0.interTokenLatency.observe(latency) } }
        } else {
            metrics.record { $0.timeToFirstToken.observe((now - arrival).seconds) }
        }
        choice.lastToken = now
        choice.tokens += count
    }

    private func record(_ finish: GenerationEvent.Finish, tokens: Int) {
        metrics.record {
            switch finish.reason {
            case .stop: $0.stopped += 1
            case .length: $0.reachedLimit += 1
            }
            $0.generatedTokens.observe(Double(tokens))
            $0.queueTime.observe(finish.timings.queued)
            $0.prefillTime.observe(finish.timings.prefill)
            $0.decodeTime.observe(finish.timings.decode)
            $0.inferenceTime.observe(finish.timings.prefill + finish.timings.decode)
        }
    }
}

extension Duration {
    var seconds: Double { self / .seconds(1) }
}
