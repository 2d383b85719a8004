import Identity
import Logging
import Metering
import ServiceLifecycle

/// Writes the ledger while the platform runs, and what is left of it at the end.
struct LedgerService: Service {
    let ledger: Ledger

    func run() async throws {
        let beating = Task { try await ledger.run() }
        try? await gracefulShutdown()
        beating.cancel()
        try await beating.value
    }
}

/// Takes over what other processes change in the keys.
struct KeyService: Service {
    let keys: KeyStore
    let logger: Logger

    func run() async throws {
        let refreshing = Task {
            await keys.run { logger.error("keys cannot be read; those known stay valid: \($0)") }
        }
        try? await gracefulShutdown()
        refreshing.cancel()
        await refreshing.value
        try? await keys.recordUses()
    }
}
