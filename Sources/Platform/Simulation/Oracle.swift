/// The bound that no policy reaches: what instances would cost if every arrival and every duration were known.
///
/// Every request runs from its arrival as fast as it would alone, `concurrency` at most on an instance. So many
/// instances as that takes are there at each moment, each asked for a start's median time ahead, and one that is idle
/// stays exactly if its next request comes before a start would have. Nobody waits. Where that would take more than
/// `maximum` instances it is no schedule but still a bound: never less instance time than the work itself takes.
package enum Oracle {
    package static func bound(_ trace: Trace, settings: ReplaySettings) -> ReplayResult {
        let model = settings.model
        var changes: [(time: Double, change: Int)] = []
        changes.reserveCapacity(2 * trace.requests.count)
        var work = 0.0
        for request in trace.requests {
            work += model.engineSeconds(request)
            changes.append((request.arrival, 1))
            changes.append((request.arrival + model.soloSeconds(request), -1))
        }
        // What ends makes room for what comes at the same moment.
        changes.sort { ($0.time, $0.change) < ($1.time, $1.change) }

        var levels: [Level] = []
        var running = 0
        var most = 0
        for (time, change) in changes {
            let before = instances(running, settings)
            running += change
            let after = instances(running, settings)
            most = max(most, after)
            if after > before {
                if levels.count < after { levels.append(Level()) }
                levels[before].begin(at: time, startSeconds: model.timeToReady)
            } else if after < before {
                levels[after].end(at: time)
            }
        }
        var result = ReplayResult(policy: "oracle", requests: trace.requests.count)
        result.starts = levels.reduce(0) { $0 + $1.starts }
        result.coldStarts = levels.first?.starts ?? 0
        result.instanceHours = max(levels.reduce(0) { $0 + $1.seconds }, work) / 3600
        result.slowdownMean = 1
        result.firstTokenP99 = Statistics.percentile(
            0.99, of: trace.requests.map { Double($0.promptTokens) / model.prefillRate })
        result.mostInstances = most
        return result
    }

    private static func instances(_ running: Int, _ settings: ReplaySettings) -> Int {
        let concurrency = max(1, settings.model.concurrency)
        return min((running + concurrency - 1) / concurrency, max(1, settings.limits.maximum))
    }

    /// The instance that is there while at least so many are needed.
    private struct Level {
        var starts = 0
        var seconds = 0.0
        var beganAt = 0.0
        var endedAt: Double?

        mutating func begin(at time: Double, startSeconds: Double) {
            if let endedAt, time - endedAt <= startSeconds {
                seconds += time - endedAt
            } else {
                starts += 1
                seconds += startSeconds
            }
            beganAt = time
        }

        mutating func end(at time: Double) {
            seconds += time - beganAt
            endedAt = time
        }
    }
}
