extension RequestFailure {
    static func shuttingDown() -> Self {
        Self(.shuttingDown, "the platform is shutting down; try again when it is back", retryAfter: Limits.retryAfter)
    }

    static func stopped(_ name: String) -> Self {
        Self(.stopped, "an administrator has stopped \(name); ask them, or use another model", retryAfter: .seconds(60))
    }

    static func unknownService(_ name: String) -> Self {
        Self(.unknownService, "there is no service named \(name); `GET /v1/models` lists those that there are")
    }

    static func startFailed(_ service: ServiceState, retryAfter: Duration) -> Self {
        Self(
            .startFailed,
            "\(service.settings.name) failed to start \(service.backoff.failedStarts) times in a row, at last because: "
                + "\(service.backoff.lastReason); `pronk logs \(service.settings.name)` tells more",
            retryAfter: max(retryAfter, .seconds(1)))
    }

    static func coldStartTimeout(_ service: ServiceState) -> Self {
        let reason = service.backoff.lastReason.isEmpty ? "" : ", last trouble: \(service.backoff.lastReason)"
        return Self(
            .coldStartTimeout,
            "no instance of \(service.settings.name) was ready within its coldStart time of "
                + "\(service.settings.coldStartTimeout.seconds) s\(reason)",
            retryAfter: Limits.retryAfter)
    }

    static func waitedTooLong(_ service: ServiceState) -> Self {
        Self(
            .queueFull,
            "every instance of \(service.settings.name) was full for \(Limits.longestWait.seconds) s; raise its "
                + "scale.max or ask for less",
            retryAfter: Limits.retryAfter)
    }
}

extension Duration {
    /// Whole seconds, for messages.
    var seconds: Int64 { components.seconds }

    /// Seconds with up to three digits, for messages: "2.35".
    var text: String {
        let milliseconds = Int((self / .milliseconds(1)).rounded())
        let rest = milliseconds % 1000
        guard rest != 0 else { return "\(milliseconds / 1000)" }
        var digits = String(repeating: "0", count: 3 - "\(rest)".count) + "\(rest)"
        while digits.last == "0" { digits.removeLast() }
        return "\(milliseconds / 1000).\(digits)"
    }
}
