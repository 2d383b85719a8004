import ArgumentParser
import Foundation
import Identity
import Terminal

/// `pronk key list`: every key that there ever was, without its secret.
struct KeyListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the API keys.")

    @Flag(help: "Print JSON, for programs.")
    var json = false

    @OptionGroup var data: DataOptions

    func run() throws {
        let keys = try data.existingDatabase().map { try KeyStore(database: $0).list() } ?? []
        if json {
            print(try ModelRecord.json(keys.map { KeyRecord($0) }))
        } else if keys.isEmpty {
            StandardError.write("No key yet. Make one: pronk key create --name NAME\n")
        } else {
            let header = ["ID", "NAME", "SCOPES", "RPM", "CREATED", "LAST USED", "EXPIRES", "STATE"]
            print(TextTable.lines([header] + keys.map(row), right: [3]))
        }
    }

    private func row(_ key: APIKey) -> [String] {
        let scopes = Scope.allCases.filter(key.scopes.contains).map(\.rawValue).joined(separator: ",")
        return [
            key.id, key.name, scopes, key.requestsPerMinute.map(String.init) ?? "-", time(key.created),
            time(key.lastUsed), time(key.expires), key.state(at: WallClock.seconds()).rawValue,
        ]
    }

    /// In the caller's time zone, to the minute.
    private func time(_ seconds: Int?) -> String {
        guard let seconds else { return "-" }
        let style = Date.ISO8601FormatStyle(dateTimeSeparator: .space, timeZone: .current)
        return String(
            Date(timeIntervalSince1970: Double(seconds)).formatted(
                style.year().month().day().time(includingFractionalSeconds: false)
            ).dropLast(3))
    }
}

/// A key as JSON.
struct KeyRecord: Encodable {
    let id: String
    let name: String
    /// Only where the key was just made.
    let key: String?
    let scopes: [String]
    let requestsPerMinute: Int?
    /// Seconds since 1970.
    let created: Int
    let lastUsed: Int?
    let expires: Int?
    let revoked: Int?
    let state: String

    init(_ key: APIKey, token: String? = nil) {
        id = key.id
        name = key.name
        self.key = token
        scopes = Scope.allCases.filter(key.scopes.contains).map(\.rawValue)
        requestsPerMinute = key.requestsPerMinute
        created = key.created
        lastUsed = key.lastUsed
        expires = key.expires
        revoked = key.revoked
        state = key.state(at: WallClock.seconds()).rawValue
    }
}
