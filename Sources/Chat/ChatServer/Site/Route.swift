package import Gateway
package import Identity

/// One thing that can be asked of the site: a method, a path, who may ask, and what answers.
///
/// All routes stand in one table, so that a test can walk through them and try each as a stranger, as another user and
/// from a foreign page.
package struct Route: Sendable {
    package enum Access: Sendable {
        case everyone
        /// Whoever is signed in.
        case account
        case administrator
    }

    package var method: String
    /// With names in braces for what changes: `/api/chats/{chat}`.
    package var path: String
    package var access: Access
    /// Bytes of a body at most.
    package var bodyLimit: Int
    package var respond: @Sendable (SiteContext) async throws -> SiteResponse

    package init(
        _ method: String, _ path: String, _ access: Access, bodyLimit: Int = Limits.bodyBytes,
        respond: @escaping @Sendable (SiteContext) async throws -> SiteResponse
    ) {
        self.method = method
        self.path = path
        self.access = access
        self.bodyLimit = bodyLimit
        self.respond = respond
    }
}

/// A request on its way to a route's answer.
package struct SiteContext: Sendable {
    package var request: SiteRequest
    /// The parts of the path that have names, decoded.
    package var parameters: [String: String]
    /// nil: nobody is signed in.
    package var signedIn: SignedIn?
    /// The secret of the session, for signing out.
    package var sessionToken: String?

    package init(
        request: SiteRequest, parameters: [String: String], signedIn: SignedIn?, sessionToken: String?
    ) {
        self.request = request
        self.parameters = parameters
        self.signedIn = signedIn
        self.sessionToken = sessionToken
    }

    /// Whoever is signed in; routes that need an account are called for nobody else.
    package var account: Account {
        get throws {
            guard let signedIn else { throw SiteError(.notSignedIn, "Sign in first.") }
            return signedIn.account
        }
    }

    package func parameter(_ name: String) throws -> String {
        guard let value = parameters[name] else { throw SiteError(.notFound, "The address lacks '\(name)'.") }
        return value
    }
}
