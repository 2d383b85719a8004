import ServiceLifecycle

/// Has answers go on that a restart interrupted, and lets go of them in order when the program ends.
///
/// List it after the gateway: services end in reverse order, and the answers' calls and the pages' streams would
/// otherwise hold the gateway up.
package struct AnswerService: Service {
    private let hub: GenerationHub

    package init(hub: GenerationHub) { self.hub = hub }

    package func run() async throws {
        await hub.resumeAll()
        try? await gracefulShutdown()
        await hub.drain()
    }
}
