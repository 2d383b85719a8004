import Foundation
import Terminal

/// An OpenAI-compatible server that a load is put on.
package struct Endpoint: Sendable, Equatable {
    package var name: String
    /// The address as it was given, for reports: without user and password.
    package let address: String
    /// Without `/v1`.
    package let baseURL: String
    package var key: String?

    /// Reads `http://HOST:PORT`, `https://…`, either with or without `/v1`, or `unix:PATH` of an engine's socket.
    package init(_ text: String, name: String? = nil, key: String? = nil) throws(BenchmarkError) {
        let base: String
        if text.hasPrefix("unix:") {
            let path = text.dropFirst("unix:".count)
            guard !path.isEmpty else {
                throw BenchmarkError(.invalidSetting, "'\(text)' names no socket: write unix:PATH.")
            }
            base = ChatClient.baseURL(socketPath: String(path))
        } else {
            base = text.contains("://") ? text : "http://" + text
        }
        guard let parts = URLComponents(string: base), let host = parts.host, !host.isEmpty,
            ["http", "https", "http+unix", "https+unix"].contains(parts.scheme ?? ""), parts.query == nil,
            parts.fragment == nil
        else {
            throw BenchmarkError(
                .invalidSetting,
                "'\(text)' is no address of a server: write http://HOST:PORT, https://HOST/v1 or unix:PATH.")
        }
        guard parts.user == nil, parts.password == nil else {
            throw BenchmarkError(.invalidSetting, "An address holds no password here: give the key with --key.")
        }
        var trimmed = base[...]
        while trimmed.hasSuffix("/") { trimmed = trimmed.dropLast() }
        if trimmed.hasSuffix("/v1") { trimmed = trimmed.dropLast(3) }
        while trimmed.hasSuffix("/") { trimmed = trimmed.dropLast() }
        baseURL = String(trimmed)
        address = text
        self.name = name ?? text
        self.key = key
    }

    /// Reads `NAME=URL`.
    package init(named text: String, key: String? = nil) throws(BenchmarkError) {
        guard let sign = text.firstIndex(of: "="), sign != text.startIndex, !text[..<sign].contains("/") else {
            throw BenchmarkError(.invalidSetting, "'\(text)' is not NAME=URL, as in ours=http://127.0.0.1:7860.")
        }
        try self.init(
            String(text[text.index(after: sign)...]), name: String(text[..<sign]), key: key)
    }
}
