package import Identity

extension AccountStore: PersonDirectory {
    package func person(_ account: String) async throws -> Person? {
        try await self.account(account).map(Person.init)
    }
}
