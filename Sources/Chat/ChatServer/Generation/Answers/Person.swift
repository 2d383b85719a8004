package import Foundation
package import Identity

/// What answering needs to know of whoever asks.
package struct Person: Sendable, Equatable {
    package var account: String
    package var name: String
    /// As pages name it: `en`, `zh-CN`.
    package var language: String?
    package var timeZone: TimeZone
    /// Models may write titles.
    package var wantsTitles: Bool
    package var defaultModel: String?

    package init(_ account: Account) {
        self.account = account.id
        name = account.displayName
        let preferences = Preferences(account.preferences)
        language = preferences.language
        timeZone = preferences.timeZone.flatMap { TimeZone(identifier: $0) } ?? .current
        wantsTitles = preferences.modelTitles ?? true
        defaultModel = preferences.defaultModel
    }
}

/// Finds the account of an answer that goes on after a restart.
package protocol PersonDirectory: Sendable {
    /// nil: there is no such account any more.
    func person(_ account: String) async throws -> Person?
}

/// What is read here of the preferences that pages keep. A value of another type counts as none.
private struct Preferences: Decodable {
    var language: String?
    var timeZone: String?
    var modelTitles: Bool?
    var defaultModel: String?

    private enum Key: String, CodingKey { case language, timeZone, modelTitles, defaultModel }

    init(_ json: String) {
        guard let value = try? JSONDecoder().decode(Preferences.self, from: Data(json.utf8)) else { return }
        self = value
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        language = try? fields.decode(String.self, forKey: .language)
        timeZone = try? fields.decode(String.self, forKey: .timeZone)
        modelTitles = try? fields.decode(Bool.self, forKey: .modelTitles)
        defaultModel = try? fields.decode(String.self, forKey: .defaultModel)
    }
}
