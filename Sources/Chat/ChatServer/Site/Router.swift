import Foundation

/// Finds the route of a method and a path.
struct Router: Sendable {
    enum Match {
        case route(Route, parameters: [String: String])
        /// The path is known, with these methods.
        case otherMethods([String])
        case none
    }

    private struct Entry {
        let route: Route
        let parts: [Substring]
    }
    private let entries: [Entry]

    init(_ routes: [Route]) {
        entries = routes.map { Entry(route: $0, parts: $0.path.split(separator: "/")) }
    }

    func match(method: String, path: String) -> Match {
        let parts = path.split(separator: "/", omittingEmptySubsequences: true)
        var methods: [String] = []
        for entry in entries {
            guard let parameters = Self.parameters(parts, entry.parts) else { continue }
            if entry.route.method == method { return .route(entry.route, parameters: parameters) }
            methods.append(entry.route.method)
        }
        return methods.isEmpty ? .none : .otherMethods(methods)
    }

    /// nil: the path is another.
    private static func parameters(_ parts: [Substring], _ pattern: [Substring]) -> [String: String]? {
        guard parts.count == pattern.count else { return nil }
        var parameters: [String: String] = [:]
        for (part, expected) in zip(parts, pattern) {
            if expected.first == "{", expected.last == "}" {
                // SQLite would read a text up to its zero byte: one thing would have many addresses.
                guard let value = part.removingPercentEncoding, !value.isEmpty, !value.utf8.contains(0) else {
                    return nil
                }
                parameters[String(expected.dropFirst().dropLast())] = value
            } else if part != expected {
                return nil
            }
        }
        return parameters
    }
}
