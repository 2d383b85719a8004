internal import Autoscaling

/// One instance of the simulation: an engine whose requests share it (processor sharing).
struct SimulatedInstance: Sendable {
    enum Phase: Sendable, Equatable {
        case starting(readyAt: Double)
        case ready
        case draining
    }

    /// A request that runs. Work is counted in seconds of the whole engine.
    struct Running: Sendable {
        var index: Int
        var handedOverAt: Double
        var concurrency: Int
        var prefillLeft: Double
        var decodeLeft: Double
        var firstTokenAt: Double?
    }

    let number: Int
    let startedAt: Double
    var phase: Phase
    private(set) var running: [Running] = []
    private var advancedTo: Double

    init(number: Int, startedAt: Double, readyAt: Double) {
        self.number = number
        self.startedAt = startedAt
        phase = .starting(readyAt: readyAt)
        advancedTo = startedAt
    }

    mutating func add(_ index: Int, _ request: TracedRequest, model: ServiceModel, now: Double) {
        running.append(
            Running(
                index: index, handedOverAt: now, concurrency: running.count + 1,
                prefillLeft: Double(request.promptTokens) / model.prefillRate,
                decodeLeft: Double(request.generatedTokens) / model.decodeCeiling))
    }

    /// The share of the engine that each prompt and each decoding sequence gets now.
    private func shares(_ model: ServiceModel) -> (prefill: Double, decode: Double) {
        let prompts = Double(running.count { $0.prefillLeft > 0 })
        let sequences = Double(running.count) - prompts
        let wanted = min(1, model.decodeRate / model.decodeCeiling)
        let fair = 1 / max(1, prompts + sequences)
        let decode = min(wanted, prompts == 0 ? 1 / max(1, sequences) : max(fair, 0))
        guard prompts > 0 else { return (0, decode) }
        return ((1 - sequences * decode) / prompts, decode)
    }

    /// When the next prompt is read or the next request ends; nil when nothing runs.
    func nextEvent(_ model: ServiceModel) -> Double? {
        if running.isEmpty { return nil }
        let shares = shares(model)
        var least = Double.infinity
        for request in running {
            least = min(
                least,
                request.prefillLeft > 0 ? request.prefillLeft / shares.prefill : request.decodeLeft / shares.decode)
        }
        return advancedTo + least
    }

    /// Works until `now`, at or before `nextEvent`, and gives the requests that ended.
    mutating func advance(to now: Double, model: ServiceModel) -> [Running] {
        let seconds = max(0, now - advancedTo)
        advancedTo = now
        if running.isEmpty { return [] }
        let shares = shares(model)
        var hasEnded = false
        for index in running.indices {
            if running[index].prefillLeft > 0 {
                running[index].prefillLeft -= seconds * shares.prefill
                if running[index].prefillLeft <= Self.rest {
                    running[index].prefillLeft = 0
                    running[index].firstTokenAt = now
                    hasEnded = hasEnded || running[index].decodeLeft <= Self.rest
                }
            } else {
                if running[index].firstTokenAt == nil { running[index].firstTokenAt = now }
                running[index].decodeLeft -= seconds * shares.decode
                hasEnded = hasEnded || running[index].decodeLeft <= Self.rest
            }
        }
        guard hasEnded else { return [] }
        let ended = running.filter { $0.prefillLeft == 0 && $0.decodeLeft <= Self.rest }
        running.removeAll { $0.prefillLeft == 0 && $0.decodeLeft <= Self.rest }
        return ended
    }

    /// Work below a nanosecond is rounding.
    private static let rest = 1e-9

    func view(_ trace: [TracedRequest], model: ServiceModel, maximumTokens: Int) -> InstanceView {
        var view = InstanceView(number: number, phase: viewedPhase, inFlight: running.count)
        for request in running {
            let traced = trace[request.index]
            if request.prefillLeft > 0 {
                view.pendingPromptTokens += traced.promptTokens
                view.remainingTokens += maximumTokens
            } else {
                let left = Int((request.decodeLeft * model.decodeCeiling).rounded(.up))
                let generated = max(0, traced.generatedTokens - left)
                view.generatedTokens += generated
                view.remainingTokens += max(0, maximumTokens - generated)
            }
        }
        return view
    }

    private var viewedPhase: InstanceView.Phase {
        switch phase {
        case .starting: .starting(since: .seconds(startedAt), tier: .warm)
        case .ready: .ready
        case .draining: .draining
        }
    }
}
