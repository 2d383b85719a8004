package import Identity

/// Answers everything that is no model call: the platform's own API and pages.
package protocol SiteHandler: Sendable {
    func respond(to request: SiteRequest) async -> SiteResponse
}

/// A request with its whole body.
package struct SiteRequest: Sendable {
    package var id: String
    package var method: String
    /// As it was sent: percent-encoded, without the query.
    package var path: String
    /// Without its question mark; nil: none.
    package var query: String?
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// nil: nobody known.
    package var caller: Caller?
    /// Where it comes from: an IP address, or `local` for the administration socket.
    package var peer: String
    package var isSecure: Bool

    package init(
        id: String, method: String, path: String, query: String?, headers: [(name: String, value: String)],
        body: [UInt8], caller: Caller?, peer: String, isSecure: Bool
    ) {
        self.id = id
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.caller = caller
        self.peer = peer
        self.isSecure = isSecure
    }

    /// The first header of that name.
    package func header(_ name: String) -> String? {
        let name = name.lowercased()
        return headers.first { $0.name.lowercased() == name }?.value
    }
}

/// What is answered.
package struct SiteResponse: Sendable {
    package enum Body: Sendable {
        case bytes([UInt8])
        /// Sent piece by piece as it comes, no faster than the client reads. Cancelled when the client leaves.
        case stream(AsyncStream<[UInt8]>)
    }
    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: Body

    package init(status: Int = 200, headers: [(name: String, value: String)] = [], body: Body = .bytes([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
