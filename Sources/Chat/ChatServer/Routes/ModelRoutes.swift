import Gateway

/// The models that can be asked, and waking one before it is asked.
struct ModelRoutes: Sendable {
    let directory: any ModelDirectory

    var all: [Route] {
        [
            Route("GET", "/api/models", .account) { [directory] _ in
                SiteJSON.response(SiteEvent.Models(models: directory.models()))
            },
            Route("POST", "/api/models/{model}/wake", .account) { [directory] context in
                guard directory.wake(try context.parameter("model")) else {
                    throw SiteError(.notFound, "There is no such model.")
                }
                return SiteResponse(status: 202)
            },
        ]
    }
}
