import ChatServer
import Conversations
import Identity
import Logging
import ServiceLifecycle

/// What the site does by itself: removes for good what was deleted an hour ago, goes on with removals of accounts that
/// were interrupted, and writes down when sessions were last used.
struct SiteUpkeep: Service {
    let accounts: AccountStore
    let chats: ChatStore
    let removal: AccountRemoval
    let logger: Logger

    func run() async throws {
        let recording = Task { await accounts.run { logger.warning("uses of sessions cannot be written: \($0)") } }
        let purging = Task { await chats.run { logger.warning("deleted chats cannot be removed yet: \($0)") } }
        let removing = Task {
            do { try await removal.resume() } catch { logger.warning("accounts cannot be removed yet: \(error)") }
        }
        try? await gracefulShutdown()
        recording.cancel()
        purging.cancel()
        removing.cancel()
        await recording.value
        await purging.value
        await removing.value
    }
}
