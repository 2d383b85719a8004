import Foundation
import Synchronization

/// Puts a load on an endpoint and records what comes back: the shell around `LoadPlan` and `LoadTally`.
package struct LoadRun: Sendable {
    private let client: EndpointClient
    private let profile: EndpointProfile
    private let settings: LoadSettings

    package init(client: EndpointClient, profile: EndpointProfile, settings: LoadSettings) {
        self.client = client
        self.profile = profile
        self.settings = settings
    }

    /// What a progress line may say while a load runs.
    package struct Progress: Sendable, Equatable {
        package var ended = 0
        package var expected: Int?
        package var failed = 0
        package var tokens = 0
        package var seconds = 0.0
        package var duration: Double?
    }

    /// Runs to the end, or until the task is cancelled; what was measured until then is the result either way.
    package func run(progress: @escaping @Sendable (Progress) -> Void) async -> LoadSummary {
        let start = MonotonicClock.now()
        let processor = MonotonicClock.processorSeconds()
        let state = State(plan: LoadPlan(settings), start: start, settings: settings, progress: progress)
        await withTaskGroup(of: Void.self) { group in
            switch settings.arrivals {
            case .clients(let count):
                for _ in 0..<count { group.addTask { await ask(state) } }
            case .rate, .trace: await send(state, in: &group)
            }
            while await group.next() != nil { if state.isHopeless { group.cancelAll() } }
        }
        return state.summary(
            processorSeconds: MonotonicClock.processorSeconds() - processor, endedEarly: Task.isCancelled)
    }

    /// A client of a closed loop: one request after the other.
    private func ask(_ state: State) async {
        while !Task.isCancelled, !state.isHopeless, let request = state.next() {
            state.add(await exchange(request, planned: nil))
        }
    }

    /// The open loop: every request at its time, answers or not.
    private func send(_ state: State, in group: inout TaskGroup<Void>) async {
        var inFlight = 0
        while !Task.isCancelled, !state.isHopeless, let request = state.next(), let arrival = request.arrival {
            let planned = state.start + UInt64(arrival * 1e9)
            let now = MonotonicClock.now()
            if planned > now {
                do { try await Task.sleep(for: .nanoseconds(Int64(planned - now))) } catch { break }
            }
            if inFlight >= Limits.inFlight {
                await group.next()
                inFlight -= 1
            }
            inFlight += 1
            group.addTask { state.add(await exchange(request, planned: planned)) }
        }
    }

    private func exchange(_ request: PlannedRequest, planned: UInt64?) async -> Exchange {
        let prompt = profile.writer.prompt(
            tokens: request.promptTokens, sharedPrefix: settings.sharedPrefix, seed: settings.promptSeed,
            number: request.number)
        do {
            let body = try profile.form.body(
                api: settings.api, model: profile.model, prompt: prompt, outputTokens: request.outputTokens)
            return await client.exchange(
                request, body: body, api: settings.api, planned: planned, timeout: settings.timeout)
        } catch {
            let now = MonotonicClock.now()
            return Exchange(
                request: request, planned: planned ?? now, sent: now, ended: now,
                outcome: .failed(Failure(.unreadable, "\(error)")), reader: AnswerReader())
        }
    }

    /// What the clients of a load share.
    private final class State: Sendable {
        let start: UInt64
        private let settings: LoadSettings
        private let expected: Int?
        private let plan: Mutex<LoadPlan>
        private let tally: Mutex<LoadTally>
        private let progress: @Sendable (Progress) -> Void

        init(
            plan: LoadPlan, start: UInt64, settings: LoadSettings, progress: @escaping @Sendable (Progress) -> Void
        ) {
            self.start = start
            self.settings = settings
            self.progress = progress
            expected = plan.expectedCount
            self.plan = Mutex(plan)
            tally = Mutex(LoadTally(start: start, isClosed: settings.arrivals.isClosed))
        }

        private var seconds: Double { Double(MonotonicClock.now() - start) * 1e-9 }

        func next() -> PlannedRequest? { plan.withLock { $0.request(now: seconds) } }

        var isHopeless: Bool { tally.withLock { $0.isHopeless } }

        func add(_ exchange: Exchange) {
            let state = tally.withLock { tally in
                tally.add(exchange)
                return Progress(
                    ended: tally.answered + tally.failed, expected: expected, failed: tally.failed,
                    tokens: tally.tokens, seconds: seconds, duration: settings.duration)
            }
            progress(state)
        }

        func summary(processorSeconds: Double, endedEarly: Bool) -> LoadSummary {
            tally.withLock { $0.summary(processorSeconds: processorSeconds, endedEarly: endedEarly) }
        }
    }
}
