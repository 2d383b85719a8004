import Control

/// Tokens a second by service, over the last seconds before each look.
struct TokenSpeeds {
    private struct Mark {
        var at: Duration
        var generated: Int
    }
    private var marks: [String: [Mark]] = [:]

    /// Remembers the counters of now and answers their growth since those of `Limits.speedWindow` ago.
    mutating func perSecond(_ snapshot: PlatformSnapshot, now: Duration) -> [String: Double] {
        var speeds: [String: Double] = [:]
        for service in snapshot.services {
            let running = service.instances.reduce(0) { $0 + $1.generatingTokens }
            var list = marks[service.name, default: []]
            list.append(Mark(at: now, generated: service.totals.usage.generated + running))
            // The last mark before the window stays, to measure from.
            while list.count > 2, list[1].at <= now - Limits.speedWindow { list.removeFirst() }
            if let first = list.first, let last = list.last, last.at > first.at {
                speeds[service.name] =
                    Double(max(0, last.generated - first.generated)) / (last.at - first.at).seconds
            }
            marks[service.name] = list
        }
        return speeds
    }
}
