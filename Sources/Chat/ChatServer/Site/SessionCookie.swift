import Gateway

/// The cookie that carries a session's secret. Over TLS its name has the prefix `__Host-`, by which browsers refuse one
/// that another host or a page without TLS has set.
enum SessionCookie {
    private static func name(_ request: SiteRequest) -> String {
        request.isSecure ? "__Host-pronk_session" : "pronk_session"
    }

    static func token(of request: SiteRequest) -> String? {
        let name = name(request)
        for header in request.headers where header.name.lowercased() == "cookie" {
            for pair in header.value.split(separator: ";") {
                let parts = pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
                if parts.count == 2, parts[0] == name { return String(parts[1]) }
            }
        }
        return nil
    }

    /// - Parameter seconds: How long a browser keeps it.
    static func setting(_ token: String, for request: SiteRequest, seconds: Int) -> (name: String, value: String) {
        let secure = request.isSecure ? "; Secure" : ""
        return (
            "set-cookie",
            "\(name(request))=\(token); Path=/; HttpOnly; SameSite=Lax; Max-Age=\(seconds)\(secure)"
        )
    }

    static func clearing(for request: SiteRequest) -> (name: String, value: String) {
        setting("", for: request, seconds: 0)
    }
}
