import Gateway

/// Refuses what a page of somebody else's asks in the name of whoever looks at it (cross-site request forgery).
///
/// Browsers say where a request comes from and let no page lie about it; programs say nothing and carry no cookie that
/// was given to a browser. SameSite=Lax cookies stand behind this as a second wall.
enum OriginCheck {
    static func check(_ request: SiteRequest) throws(SiteError) {
        if let site = request.header("sec-fetch-site"), site != "same-origin", site != "none" { throw refusal }
        guard let origin = request.header("origin") else { return }
        guard let host = request.header("host") else { throw refusal }
        // Behind a proxy with TLS our own pages are secure and the request is not; a page without TLS, which anybody
        // in between can write, is never one of ours where the request has it.
        let isOwn = origin == "https://\(host)" || (origin == "http://\(host)" && !request.isSecure)
        guard isOwn else { throw refusal }
    }

    private static var refusal: SiteError {
        SiteError(.foreignOrigin, "Another site's page may not do this: use the chat site's own pages.")
    }
}
