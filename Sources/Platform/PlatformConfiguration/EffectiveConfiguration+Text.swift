import Foundation

extension EffectiveConfiguration {
    /// The effective values as YAML that reads back to the same, each with its origin behind it. Secrets are left out.
    package var yaml: String {
        var lines: [(text: String, comment: String)] = []
        var parents: [SettingPath.Component] = []
        for setting in settings {
            let components = setting.path.components
            let shared = zip(parents, components.dropLast()).prefix { $0 == $1 }.count
            var begin = "  "
            for (depth, component) in components.enumerated().dropFirst(shared) {
                switch component {
                case .item: begin = "- "
                case .key(let key):
                    let indentation = depth == 0 ? "" : String(repeating: "  ", count: depth - 1) + begin
                    begin = "  "
                    lines.append(
                        depth + 1 < components.count
                            ? (indentation + key + ":", "") : Self.line(indentation + key, setting))
                }
            }
            parents = components.dropLast()
        }
        if configuration.services.isEmpty { lines.append(("services: []", "")) }
        let width = min(56, lines.filter { !$0.comment.isEmpty }.map(\.text.count).max() ?? 0)
        return lines.map { text, comment in
            guard !comment.isEmpty else { return text }
            return text + String(repeating: " ", count: max(0, width - text.count)) + "  # " + comment
        }.joined(separator: "\n")
    }

    private static func line(_ key: String, _ setting: Setting) -> (text: String, comment: String) {
        let origin = setting.origin.description
        switch setting.value {
        case .text(let text): return ("\(key): \(scalar(text))", origin)
        case .integer(let number): return ("\(key): \(number)", origin)
        case .number(let number): return ("\(key): \(shortest(number))", origin)
        case .flag(let flag): return ("\(key): \(flag)", origin)
        case .list(let list): return ("\(key): [\(list.map(quotedScalar).joined(separator: ", "))]", origin)
        case .unset(let meaning):
            let indentation = key.prefix { $0 == " " }
            return ("\(indentation)# \(key.dropFirst(indentation.count)): \(meaning)", origin)
        case .hidden: return ("\(key): \"\"", "not shown, \(origin)")
        }
    }

    /// Plain where every reader of YAML takes it for text, else between double quotes.
    private static func scalar(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "._/:@+-".utf8.contains(byte)
            }
        }
        let words: Set = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        guard isPlain, let first = text.first, first.isLetter || first.isNumber || first == "/", !text.hasSuffix(":"),
            Double(text) == nil, !words.contains(text.lowercased())
        else { return quotedScalar(text) }
        return text
    }

    private static func quotedScalar(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"": return "\\\""
            case "\\": return "\\\\"
            case "\n": return "\\n"
            case "\t": return "\\t"
            case _ where scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value),
                "\u{2028}", "\u{2029}", "\u{FEFF}":
                let digits = String(scalar.value, radix: 16)
                return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: return String(scalar)
            }
        }
        return "\"" + escaped.joined() + "\""
    }

    /// The same as JSON, for programs: a list of paths with values and origins.
    package func json() throws(ConfigurationError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            let document = Document(file: file, settings: settings.map(Document.Entry.init))
            return String(decoding: try encoder.encode(document), as: UTF8.self)
        } catch {
            throw ConfigurationError(.unreadable, "The settings cannot be written as JSON: \(error)")
        }
    }

    private struct Document: Encodable {
        struct Entry: Encodable {
            let setting: Setting

            enum CodingKeys: String, CodingKey {
                case path, value, origin, hidden
            }

            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(setting.path.description, forKey: .path)
                try container.encode(setting.origin.description, forKey: .origin)
                switch setting.value {
                case .text(let text): try container.encode(text, forKey: .value)
                case .integer(let number): try container.encode(number, forKey: .value)
                case .number(let number): try container.encode(number, forKey: .value)
                case .flag(let flag): try container.encode(flag, forKey: .value)
                case .list(let list): try container.encode(list, forKey: .value)
                case .unset: try container.encodeNil(forKey: .value)
                case .hidden:
                    try container.encodeNil(forKey: .value)
                    try container.encode(true, forKey: .hidden)
                }
            }
        }
        var file: String
        var settings: [Entry]
    }
}
