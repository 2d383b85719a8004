import Foundation
import Gateway

/// The pages' files: read once, when the site starts, and answered from memory.
///
/// Every page's address gets the same document. Files whose names carry a hash of their content are kept by browsers
/// for ever; the document is asked for each time, which costs 304 Not Modified.
package struct AssetFolder: Sendable {
    private struct Asset {
        var type: String
        var bytes: [UInt8]
        /// As gzip; nil: not worth it.
        var compressed: [UInt8]?
        var tag: String
        var isForever: Bool
    }
    private var assets: [String: Asset] = [:]

    /// The folder of an installed program: `share/pronk/web` beside the program's own folder, or what PRONK_ASSETS
    /// says.
    package static func path(executable: String, environment: [String: String]) -> String {
        if let path = environment["PRONK_ASSETS"], !path.isEmpty { return path }
        let program = URL(filePath: executable).resolvingSymlinksInPath()
        return program.deletingLastPathComponent().deletingLastPathComponent().appending(path: "share/pronk/web").path
    }

    /// No folder, no pages: the API serves on, and pages' addresses say what is missing.
    package init(path: String) {
        guard let names = FileManager.default.enumerator(atPath: path)?.compactMap({ $0 as? String }) else { return }
        for name in names where !name.hasSuffix(".gz") {
            guard let type = Self.type(of: name), let bytes = FileManager.default.contents(atPath: "\(path)/\(name)")
            else { continue }
            let compressed = FileManager.default.contents(atPath: "\(path)/\(name).gz").map { Array($0) }
            assets["/" + name] = Asset(
                type: type, bytes: Array(bytes), compressed: compressed, tag: Self.tag(of: bytes),
                isForever: name.contains("-") && name != "index.html")
        }
    }

    package var isEmpty: Bool { assets["/index.html"] == nil }

    func response(to request: SiteRequest) throws(SiteError) -> SiteResponse {
        if let asset = assets[request.path] { return Self.response(asset, to: request) }
        // What has an extension is a file, and a file that is missing is not a page.
        let last = request.path.split(separator: "/").last ?? ""
        guard !last.contains(".") else { throw SiteError(.notFound, "There is no file \(request.path.prefix(100)).") }
        guard let document = assets["/index.html"] else {
            throw SiteError(
                .unavailable,
                "The pages are not installed: build them by `make build`, or name their folder in PRONK_ASSETS.")
        }
        return Self.response(document, to: request)
    }

    private static func response(_ asset: Asset, to request: SiteRequest) -> SiteResponse {
        var headers: [(name: String, value: String)] = [
            ("content-type", asset.type), ("etag", asset.tag), ("vary", "accept-encoding"),
            ("cache-control", asset.isForever ? "public, max-age=31536000, immutable" : "no-cache"),
            ("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"),
            ("content-security-policy", contentSecurityPolicy), ("cross-origin-opener-policy", "same-origin"),
            ("permissions-policy", "camera=(), geolocation=(), microphone=(self)"),
        ]
        if request.header("if-none-match") == asset.tag { return SiteResponse(status: 304, headers: headers) }
        let takesGzip = request.header("accept-encoding")?.contains("gzip") == true
        if takesGzip, let compressed = asset.compressed {
            headers.append(("content-encoding", "gzip"))
            return SiteResponse(headers: headers, body: .bytes(compressed))
        }
        return SiteResponse(headers: headers, body: .bytes(asset.bytes))
    }

    /// Nothing from elsewhere: no script, style, picture or address that a model's answer could name. Maths is laid out
    /// by style attributes, which the pages allow in KaTeX's own output alone.
    private static let contentSecurityPolicy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "style-src-attr 'unsafe-inline'",
        "img-src 'self' blob: data:", "font-src 'self'", "connect-src 'self'", "worker-src 'self'",
        "manifest-src 'self'", "media-src 'self' blob:", "form-action 'self'", "base-uri 'none'",
        "frame-ancestors 'none'",
    ].joined(separator: "; ")

    /// nil: not a file of a site.
    private static func type(of name: String) -> String? {
        switch name.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "woff2": "font/woff2"
        case "webmanifest": "application/manifest+json"
        case "json": "application/json"
        case "txt": "text/plain; charset=utf-8"
        default: nil
        }
    }

    /// FNV-1a: tells versions of one file apart, and nobody gains by making two alike.
    private static func tag(of bytes: Data) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return "\"\(String(hash, radix: 16))\""
    }
}
