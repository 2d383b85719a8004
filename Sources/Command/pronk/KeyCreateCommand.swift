import ArgumentParser
import Foundation
import Identity

/// `pronk key create`: makes a key and shows it, once.
struct KeyCreateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make an API key. It is shown once and cannot be shown again.")

    @Option(help: "What the key is for; stands in lists, logs and bills.")
    var name: String

    @Option(
        help: ArgumentHelp(
            "What it allows: chat (call models), wake (also wake services by health checks and model lists), admin "
                + "(see and steer the platform). Repeat it for several. Default: chat."))
    var scope: [Scope] = []

    @Option(help: "Requests a minute. Default: the gateway's limit.")
    var rpm: Int?

    @Option(help: ArgumentHelp("When it ends: 12h, 30d, 8w from now. Default: never.", valueName: "time"))
    var expires: Lifetime?

    @Flag(help: "Print JSON, for programs.")
    var json = false

    @OptionGroup var data: DataOptions

    func run() throws {
        let store = try KeyStore(database: data.database())
        let (key, token) = try store.create(
            name: name, scopes: scope.isEmpty ? [.chat] : Set(scope), requestsPerMinute: rpm,
            expires: expires.map { WallClock.seconds() + $0.seconds })
        if json {
            print(try ModelRecord.json(KeyRecord(key, token: token)))
            return
        }
        // The key alone on standard output, for scripts.
        print(token)
        StandardError.write("This is the key '\(name)' (\(key.id)). Keep it: it cannot be shown again.\n")
    }
}

extension Scope: ExpressibleByArgument {}

/// How long something lives, as in `30d`.
struct Lifetime: ExpressibleByArgument {
    let seconds: Int

    init?(argument: String) {
        let units: [Character: Int] = ["m": 60, "h": 3_600, "d": 86_400, "w": 7 * 86_400]
        guard let unit = argument.last.flatMap({ units[$0] }), let count = Int(argument.dropLast()),
            (1...100_000).contains(count)
        else { return nil }
        seconds = count * unit
    }
}
