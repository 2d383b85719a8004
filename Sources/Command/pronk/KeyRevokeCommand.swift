import ArgumentParser
import Identity

/// `pronk key revoke`: ends a key, for good.
struct KeyRevokeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "End an API key. A running gateway refuses it within a second.")

    @Argument(help: "The key's id or name, as in `pronk key list`.")
    var key: String

    @OptionGroup var data: DataOptions

    func run() throws {
        let revoked = try KeyStore(database: data.database()).revoke(key)
        print("The key '\(revoked.name)' (\(revoked.id)) is revoked.")
    }
}
