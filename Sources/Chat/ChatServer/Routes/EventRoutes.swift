import Gateway

/// The stream of events that a page keeps open.
struct EventRoutes: Sendable {
    let hub: GenerationHub

    var all: [Route] {
        [
            Route("GET", "/api/events", .account) { [hub] context in
                let stream = try await hub.watch(account: context.account.id, session: context.signedIn?.id)
                return SiteResponse(
                    headers: [
                        ("content-type", "text/event-stream; charset=utf-8"),
                        // Asks nginx and its kin not to collect the stream.
                        ("x-accel-buffering", "no"),
                    ], body: .stream(stream))
            }
        ]
    }
}
