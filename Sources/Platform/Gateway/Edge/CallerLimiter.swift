import Identity
package import NIOCore
import OpenAIAPI
import Synchronization

/// What callers have in flight and how fast they may ask; shared by all event loops.
final class CallerLimiter: Sendable {
    private let table = Mutex(CallerTable())

    /// Takes a request in, or says why not. Each that was taken in is `release`d once.
    func admit(_ tenant: String, perMinute: Int?, streams: Int, now: NIODeadline) throws(APIError) {
        let refusal = table.withLock { $0.admit(tenant, perMinute: perMinute, streams: streams, now: now) }
        switch refusal {
        case .none: return
        case .tooFast(let retryAfter):
            throw APIError(
                .rateLimited, "You may ask \(perMinute ?? 0) times a minute: wait \(retryAfter) s.",
                retryAfter: retryAfter)
        case .tooMany:
            throw APIError(
                .tooManyStreams, "You have \(streams) requests in flight, the most there may be: wait until one ends.",
                retryAfter: 1)
        }
    }

    func release(_ tenant: String) { table.withLock { $0.release(tenant) } }
}

/// A token bucket and a count for each caller.
package struct CallerTable {
    package enum Refusal: Equatable {
        /// Seconds until the next request may come.
        case tooFast(retryAfter: Int)
        case tooMany
    }

    fileprivate struct Entry {
        var inFlight = 0
        /// Requests that may come now; fractions while it fills.
        var credit: Double
        var filledAt: NIODeadline
    }

    package init() {}

    private var entries: [String: Entry] = [:]

    /// - Parameter perMinute: also how many may come at once after a pause; nil: no limit.
    package mutating func admit(_ tenant: String, perMinute: Int?, streams: Int, now: NIODeadline) -> Refusal? {
        if entries[tenant] == nil {
            if entries.count >= Limits.rememberedCallers { forgetIdle() }
            entries[tenant] = Entry(credit: Double(perMinute ?? 0), filledAt: now)
        }
        return entries[tenant].flatMap { entry in
            var entry = entry
            let refusal = entry.admit(perMinute: perMinute, streams: streams, now: now)
            entries[tenant] = entry
            return refusal
        }
    }

    package mutating func release(_ tenant: String) { entries[tenant]?.inFlight -= 1 }

    package func inFlight(_ tenant: String) -> Int { entries[tenant]?.inFlight ?? 0 }

    /// Those who return begin with a full bucket: the price of forgetting.
    private mutating func forgetIdle() { entries = entries.filter { $0.value.inFlight > 0 } }
}

extension CallerTable.Entry {
    fileprivate mutating func admit(perMinute: Int?, streams: Int, now: NIODeadline) -> CallerTable.Refusal? {
        guard inFlight < streams else { return .tooMany }
        if let perMinute {
            let perSecond = Double(max(perMinute, 1)) / 60
            let elapsed = Double((now - filledAt).nanoseconds) / 1e9
            credit = min(Double(perMinute), credit + elapsed * perSecond)
            filledAt = now
            guard credit >= 1 else { return .tooFast(retryAfter: Int(((1 - credit) / perSecond).rounded(.up))) }
            credit -= 1
        }
        inFlight += 1
        return nil
    }
}
