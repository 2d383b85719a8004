import AsyncHTTPClient
import ChatServer
import Conversations
import Foundation
import Gateway
import Identity
import Instances
import Logging
import Runtime
import ServiceLifecycle
import Storage

/// The chat site, wired: accounts and chats in the database, answers by the gateway's own API, pages from their folder.
struct SiteAssembly {
    let site: ChatSite
    let accounts: AccountStore
    /// To be listed after the gateway.
    let services: [any Service]

    init(
        database: Database, models: PlatformModels, administration: AdministrationSite, data: DataOptions,
        transcription: String?, version: String, logger: Logger
    ) {
        let accounts = AccountStore(database: database)
        let chats = ChatStore(database: database)
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: GatewayClient.configuration)
        let client = GatewayClient(http: http, socketPath: SocketFolder.controlSocket(dataFolder: data.path))
        let answers = AnswerModule(
            store: chats, client: client, directory: models, people: accounts, voiceModel: { transcription },
            logger: logger)
        let routes = SiteRoutes(
            accounts: accounts, chats: chats, answers: answers, models: models, version: version,
            hasVoice: { transcription != nil })
        let environment = ProcessInfo.processInfo.environment
        let assets = AssetFolder(path: AssetFolder.path(executable: "/proc/self/exe", environment: environment))
        if assets.isEmpty { logger.warning("the pages are not installed: PRONK_ASSETS can name their folder") }
        site = ChatSite(
            routes: routes.all, sessions: accounts, assets: assets, platform: administration, logger: logger)
        self.accounts = accounts
        services = [
            HTTPClientService(client: http),
            SiteUpkeep(accounts: accounts, chats: chats, removal: routes.removal, logger: logger), answers.service,
        ]
    }
}

/// Ends the client's connections after everybody who uses it.
private struct HTTPClientService: Service {
    let client: HTTPClient

    func run() async throws {
        try? await gracefulShutdown()
        try await client.shutdown()
    }
}
