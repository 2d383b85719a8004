import Foundation
import Identity

/// An account as pages get it; what is nil is left out.
struct AccountJSON: Encodable {
    var id: String
    var name: String
    var displayName: String
    var role: Account.Role
    /// Milliseconds since 1970.
    var created: Int
    /// For its owner alone.
    var preferences: JSON?
    /// These for administrators alone.
    var disabled: Bool?
    var lastSeen: Int?
    var chats: Int?

    /// As its owner sees it.
    init(own account: Account) {
        self.init(account)
        let object = try? JSONDecoder().decode(JSON.self, from: Data(account.preferences.utf8))
        preferences = object ?? .object([:])
    }

    /// As administrators see it.
    init(_ account: Account, lastSeen: Int?, chats: Int?) {
        self.init(account)
        disabled = account.isDisabled
        self.lastSeen = lastSeen.map { $0 * 1_000 }
        self.chats = chats
    }

    private init(_ account: Account) {
        id = account.id
        name = account.name
        displayName = account.displayName
        role = account.role
        created = account.created * 1_000
    }
}

extension SiteError {
    /// What a refusal of the accounts means to whoever looks at a page.
    init(_ error: IdentityError) {
        let (code, field) = Self.meaning(of: error.code)
        self.init(code, error.message, field: field, retryAfter: error.retryAfter)
    }

    private static func meaning(of code: IdentityError.Code) -> (Code, field: String?) {
        switch code {
        case .invalidName: (.invalid, "name")
        case .nameTaken: (.nameTaken, "name")
        case .invalidDisplayName: (.invalid, "displayName")
        case .invalidPreferences: (.tooLarge, "preferences")
        case .invalidNote: (.invalid, "note")
        case .invalidExpiry: (.invalid, "expires")
        case .weakPassword: (.weakPassword, "password")
        case .wrongCredentials: (.wrongCredentials, nil)
        case .accountDisabled: (.notAllowed, nil)
        case .tooManyAttempts: (.tooManyAttempts, nil)
        case .busy: (.unavailable, nil)
        case .invalidLink: (.invalidLink, nil)
        case .signUpClosed: (.signUpClosed, nil)
        case .tooManyAccounts, .tooManyInvitations, .tooManyKeys: (.limitReached, nil)
        case .unknownAccount, .unknownInvitation, .unknownKey: (.notFound, nil)
        case .lastAdministrator, .alreadyRevoked: (.conflict, nil)
        case .noScope, .invalidLimit: (.invalid, nil)
        }
    }
}
