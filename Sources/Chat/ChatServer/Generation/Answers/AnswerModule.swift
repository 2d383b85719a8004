package import Conversations
package import Logging

/// All that answers are made with, put together in one place: the hub, its routes, and its part of the program's life.
package struct AnswerModule: Sendable {
    /// Hears what other routes change of chats (`ChatWatcher`), and ends the streams of whoever signs out.
    package let hub: GenerationHub
    package let routes: [Route]
    /// To be listed after the gateway.
    package let service: AnswerService

    /// - Parameters:
    ///   - client: `GatewayClient` outside of tests.
    ///   - voiceModel: the service that takes recordings, as it is configured now; nil: none.
    package init(
        store: ChatStore, client: any CompletionClient & TranscriptionClient, directory: any ModelDirectory,
        people: any PersonDirectory, voiceModel: @escaping @Sendable () -> String?, logger: Logger
    ) {
        hub = GenerationHub(store: store, client: client, directory: directory, people: people, logger: logger)
        routes =
            GenerationRoutes(store: store, hub: hub, directory: directory).all
            + ModelRoutes(directory: directory).all + EventRoutes(hub: hub).all
            + VoiceRoutes(client: client, model: voiceModel).all
        service = AnswerService(hub: hub)
    }
}
