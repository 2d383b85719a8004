import Control
import Gateway
import Synchronization
import Testing

/// A platform of which a test says what it answers, and that counts what it hears.
final class FakeBroker: RequestBroker {
    typealias Plan = @Sendable (_ arrival: RequestArrival, _ attempt: Int) -> Admission

    private struct State {
        var arrivals: [RequestID: RequestArrival] = [:]
        var attempts: [RequestID: Int] = [:]
        var ends: [RequestID: Int] = [:]
        var losses: [InstanceLoss] = []
        var woken: [String] = []
    }

    struct Waiting: Sendable {
        let arrival: RequestArrival
        let request: any WaitingRequest
    }

    private let state = Mutex(State())
    private let plan: Plan
    let outcomes = Mailbox<RequestOutcome>()
    let queue = Mailbox<Waiting>()
    let progressReports = Mailbox<Int>()

    init(_ plan: @escaping Plan) { self.plan = plan }

    /// The n-th attempt goes to the n-th endpoint; none is left after the last.
    convenience init(_ endpoints: Endpoint...) {
        self.init { arrival, attempt in
            guard attempt <= endpoints.count else {
                return .refused(RequestFailure(.instanceLost, "No instance is left."))
            }
            return .dispatched(.to(endpoints[attempt - 1], arrival, attempt))
        }
    }

    func submit(_ arrival: RequestArrival, waiting: any WaitingRequest) -> Admission {
        state.withLock { $0.arrivals[arrival.id] = arrival }
        return admit(arrival, 1, waiting)
    }

    func retry(_ request: RequestID, after loss: InstanceLoss, waiting: any WaitingRequest) -> Admission {
        let (arrival, attempt) = state.withLock {
            $0.losses.append(loss)
            return ($0.arrivals[request], $0.attempts[request, default: 1] + 1)
        }
        guard let arrival else { return .refused(RequestFailure(.instanceLost, "Unknown request.")) }
        return admit(arrival, attempt, waiting)
    }

    private func admit(_ arrival: RequestArrival, _ attempt: Int, _ waiting: any WaitingRequest) -> Admission {
        state.withLock { $0.attempts[arrival.id] = attempt }
        let admission = plan(arrival, attempt)
        switch admission {
        case .queued: queue.put(Waiting(arrival: arrival, request: waiting))
        case .refused where attempt == 1: state.withLock { $0.arrivals[arrival.id] = nil }
        default: break
        }
        return admission
    }

    func progress(_ request: RequestID, generatedTokens: Int) { progressReports.put(generatedTokens) }

    func finish(_ request: RequestID, _ outcome: RequestOutcome) {
        state.withLock { $0.ends[request, default: 0] += 1 }
        outcomes.put(outcome)
    }

    func wakeProgress(of service: String) -> WakeProgress {
        WakeProgress(state: .starting, percent: 40, remaining: .seconds(2), queueLength: 1)
    }

    func wake(_ service: String) { state.withLock { $0.woken.append(service) } }

    var losses: [InstanceLoss] { state.withLock { $0.losses } }
    var woken: [String] { state.withLock { $0.woken } }
    var arrivals: [RequestArrival] { state.withLock { $0.arrivals.values.sorted { $0.id < $1.id } } }

    /// Every request that was taken in ended once.
    func expectBalance() {
        let state = state.withLock { $0 }
        #expect(Set(state.arrivals.keys) == Set(state.ends.keys))
        #expect(state.ends.values.allSatisfy { $0 == 1 })
    }
}

extension Dispatch {
    static func to(_ endpoint: Endpoint, _ arrival: RequestArrival, _ attempt: Int) -> Dispatch {
        Dispatch(
            request: arrival.id, instance: InstanceID(service: arrival.service, number: attempt), endpoint: endpoint,
            attempt: attempt)
    }
}
