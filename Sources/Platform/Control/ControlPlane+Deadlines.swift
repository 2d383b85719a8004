extension ControlPlane {
    /// When the request that has waited longest in a service's queue is refused, and for what.
    private func expiry(of request: RequestID, in place: Int) -> (at: Duration, failure: RequestFailure.Code)? {
        guard let since = requests[request]?.enqueuedAt else { return nil }
        let service = services[place]
        let atLast = since + Limits.longestWait
        guard let noneReadySince = service.noneReadySince else { return (atLast, .queueFull) }
        let cold = max(since, noneReadySince) + service.settings.coldStartTimeout
        if cold > atLast { return (atLast, .queueFull) }
        return (cold, service.blockedSince == nil ? .coldStartTimeout : .noRoom)
    }

    func deadlineOfOldest(in place: Int) -> Duration? {
        services[place].queue.oldest.flatMap { expiry(of: $0, in: place)?.at }
    }

    /// Refuses those that waited too long. The one that was queued first is always the first that is due.
    mutating func expireRequests(of place: Int, now: Duration) {
        while let oldest = services[place].queue.oldest, let expiry = expiry(of: oldest, in: place), expiry.at <= now {
            let failure: RequestFailure
            switch expiry.failure {
            case .noRoom:
                let settings = services[place].settings
                failure = RequestFailure(
                    .noRoom, placement(for: place).refusal(of: settings.name, need: settings.need),
                    retryAfter: Limits.retryAfterNoRoom)
            case .queueFull: failure = .waitedTooLong(services[place])
            default: failure = .coldStartTimeout(services[place])
            }
            refuse(oldest, failure, now: now)
        }
    }
}
