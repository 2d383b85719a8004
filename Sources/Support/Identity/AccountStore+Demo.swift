internal import Storage

/// An account to try the site with.
extension AccountStore {
    /// Makes the account `demo`, or gives it another password and ends its sessions. The password is nowhere else.
    package func makeDemo() async throws -> (account: Account, password: String) {
        let name = try AccountName("demo")
        let password = Self.randomPassword()
        let hash = try await hasher.hash(password)
        let account = try await database.write { [self] connection in
            guard var known = try AccountTable.credentials(foldedName: name.folded, in: connection)?.account else {
                return try insert(name: name, role: .user, hash: hash, in: connection)
            }
            known.isDisabled = false
            try AccountTable.update(known, in: connection)
            try AccountTable.setPassword(hash, of: known.id, in: connection)
            try SessionTable.removeAll(of: known.id, in: connection)
            return known
        }
        return (account, password)
    }

    /// Sixteen letters and digits that nobody takes for one another, in groups: 79 bits, easy to type from a terminal.
    private static func randomPassword() -> String {
        let alphabet = Array("23456789abcdefghjkmnpqrstuvwxyz")
        var generator = SystemRandomNumberGenerator()
        let groups = (0..<4).map { _ in
            String((0..<4).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] })
        }
        return groups.joined(separator: "-")
    }
}
