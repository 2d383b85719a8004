import Foundation
package import Gateway

/// JSON of the site's API.
package enum SiteJSON {
    static func encode(_ body: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        // Values of ours always have a JSON form: no float in them is infinite, and no key is anything but text.
        guard let data = try? encoder.encode(body) else { return Array("{}".utf8) }
        return Array(data)
    }

    package static func response(_ body: some Encodable, status: Int = 200) -> SiteResponse {
        SiteResponse(status: status, headers: [("content-type", "application/json")], body: .bytes(encode(body)))
    }
}

extension SiteContext {
    /// The body as `type`; every failure names the field.
    package func body<Body: Decodable>(_ type: Body.Type) throws -> Body {
        let kind = request.header("content-type")?.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces)
            .lowercased()
        guard kind == "application/json" else {
            throw SiteError(.invalidJSON, "Send JSON, with the header 'Content-Type: application/json'.")
        }
        do {
            return try JSONDecoder().decode(type, from: Data(request.body))
        } catch DecodingError.keyNotFound(let key, let context) {
            throw Self.invalid(context.codingPath + [key], "is missing")
        } catch DecodingError.typeMismatch(_, let context) {
            throw Self.invalid(context.codingPath, "has the wrong type")
        } catch DecodingError.valueNotFound(_, let context) {
            throw Self.invalid(context.codingPath, "must not be null")
        } catch DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty {
            throw Self.invalid(context.codingPath, "is not valid: \(context.debugDescription)")
        } catch let error as SiteError {
            throw error
        } catch {
            throw SiteError(.invalidJSON, "The body is no valid JSON.")
        }
    }

    private static func invalid(_ path: [any CodingKey], _ rule: String) -> SiteError {
        let field = path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        return SiteError(.invalid, "'\(field)' \(rule).", field: field)
    }

    /// A query parameter, decoded; nil: not given.
    package func query(_ name: String) -> String? {
        for item in (request.query ?? "").split(separator: "&").prefix(Limits.queryItems) {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0] == name else { continue }
            return parts[1].replacing("+", with: " ").removingPercentEncoding
        }
        return nil
    }
}
