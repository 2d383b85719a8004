/// Where the server listens: `HOST:PORT` or `unix:PATH`.
package enum ListenAddress: Sendable, Equatable, CustomStringConvertible {
    /// Port 0 asks the system for a free one.
    case tcp(host: String, port: Int)
    case unix(path: String)

    /// Reads `127.0.0.1:7860`, `[::1]:7860`, `localhost:7860` or `unix:/run/pronk.sock`.
    package init(_ text: String) throws(EngineServerError) {
        if text.hasPrefix("unix:") {
            self = .unix(path: try Self.socketPath(String(text.dropFirst("unix:".count))))
            return
        }
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            throw Self.malformed(text)
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            throw Self.malformed(text)
        }
        guard !host.isEmpty else { throw Self.malformed(text) }
        self = .tcp(host: String(host), port: Int(port))
    }

    package var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }

    private static func socketPath(_ path: String) throws(EngineServerError) -> String {
        guard !path.isEmpty else { throw malformed("unix:") }
        guard path.utf8.count <= Limits.socketPathBytes else {
            throw EngineServerError(
                .invalidAddress,
                "The socket path has \(path.utf8.count) bytes, but the system allows \(Limits.socketPathBytes): "
                    + "choose a shorter one.")
        }
        return path
    }

    private static func malformed(_ text: String) -> EngineServerError {
        EngineServerError(
            .invalidAddress,
            "'\(text)' is no address to listen on: write HOST:PORT, as in 127.0.0.1:7860 or [::1]:7860, "
                + "or unix:PATH, as in unix:/run/pronk.sock.")
    }
}
