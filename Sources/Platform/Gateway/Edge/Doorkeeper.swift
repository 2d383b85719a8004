import Identity
import NIOHTTP1
import OpenAIAPI

/// Decides who a request comes from and whether it may come in.
struct Doorkeeper {
    let settings: LiveSettings
    let callers: any CallerDirectory

    /// Everything an open listener knows of its callers. They may call models; what runs is administrators' business.
    private static let anyone = Caller(id: "local", name: "local", scopes: [.chat])
    private static let administrator = Caller(id: "local", name: "local", scopes: [.chat, .admin])
    /// Who the chat site calls a model for; heard on the administration socket alone.
    static let callerHeader = "x-pronk-caller"

    /// - Returns: nil where nobody is known and nobody needs to be.
    func admit(_ headers: HTTPHeaders, to destination: Destination, from peer: Peer) throws(APIError) -> Caller? {
        let token = Self.bearer(headers)
        if let caller = token.flatMap(callers.caller(holding:)) {
            try check(caller, destination)
            return caller
        }
        let isOpen = settings.options.authentication == .open
        if peer != .administrator, isOpen, destination != .health { try checkHost(headers) }
        if destination != .health { try checkOrigin(headers) }
        if peer == .administrator { return Self.administrator(for: headers) }
        if isOpen { return Self.anyone }
        guard destination.scope(settings.options) != nil else { return nil }
        guard token != nil else {
            throw APIError(
                .missingKey,
                "This server asks for an API key: send 'Authorization: Bearer KEY'. `pronk key create` makes one.")
        }
        throw APIError(.invalidKey, "This API key is unknown or revoked: check it, or make one by `pronk key create`.")
    }

    private static func administrator(for headers: HTTPHeaders) -> Caller {
        guard let id = headers.first(name: callerHeader), !id.isEmpty else { return administrator }
        return Caller(id: id, name: id, scopes: [.chat])
    }

    private func check(_ caller: Caller, _ destination: Destination) throws(APIError) {
        guard let scope = destination.scope(settings.options), !caller.scopes.contains(scope) else { return }
        throw APIError(
            .missingScope,
            "The key '\(caller.name)' lacks the scope '\(scope.rawValue)': use one that has it, or make one by "
                + "`pronk key create --scope \(scope.rawValue)`.")
    }

    /// A page of somebody else's must not use the gateway in the name of whoever looks at it.
    private func checkOrigin(_ headers: HTTPHeaders) throws(APIError) {
        guard let origin = headers.first(name: "origin"), !isAllowed(origin, headers) else { return }
        throw APIError(
            .originNotAllowed,
            "Pages of '\(origin.prefix(200))' may not call this server without an API key: "
                + "`pronk key create` makes one.")
    }

    func isAllowed(_ origin: String, _ headers: HTTPHeaders) -> Bool {
        if settings.options.allowedOrigins.contains(origin) { return true }
        guard let host = headers.first(name: "host") else { return false }
        return origin == "http://\(host)" || origin == "https://\(host)"
    }

    /// A foreign name that was made to lead to this machine makes a foreign page look like one of ours.
    private func checkHost(_ headers: HTTPHeaders) throws(APIError) {
        guard let host = headers.first(name: "host") else { return }
        let name = Self.name(ofHost: host).lowercased()
        let isAddress = name.utf8.allSatisfy { 0x30...0x3A ~= $0 || $0 == UInt8(ascii: ".") } || host.hasPrefix("[")
        guard !isAddress, !settings.hosts.contains(name) else { return }
        throw APIError(
            .originNotAllowed,
            "This server is not known as '\(name.prefix(200))': add the name to the gateway's domains, or send an API "
                + "key.")
    }

    private static func name(ofHost host: String) -> Substring {
        guard let colon = host.utf8.lastIndex(of: UInt8(ascii: ":")) else { return host[...] }
        return host[..<colon]
    }

    private static func bearer(_ headers: HTTPHeaders) -> String? {
        guard let value = headers.first(name: "authorization") else { return nil }
        let scheme = value.utf8.prefix(7)
        guard scheme.count == 7, scheme.last == UInt8(ascii: " "), value.prefix(6).lowercased() == "bearer" else {
            return nil
        }
        let token = value.dropFirst(7)
        return token.isEmpty ? nil : String(token)
    }
}
