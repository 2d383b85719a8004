internal import Foundation

/// The name of an exported file, from its chat's title.
package struct ExportName: Sendable, Equatable {
    /// As people read it, in any script.
    package let name: String
    private let fallback: String

    /// - Parameter ending: `json`, without the dot.
    package init(title: String, ending: String) {
        // What is special to some file system or shell, or turns the direction of the text around, becomes a blank.
        let kept = title.unicodeScalars.map { scalar -> Character in
            switch scalar.properties.generalCategory {
            case .control, .format, .privateUse, .surrogate, .unassigned, .lineSeparator, .paragraphSeparator: " "
            default: "/\\:*?\"<>|'`$%;&~#{}".unicodeScalars.contains(scalar) ? " " : Character(scalar)
            }
        }
        let words = String(kept).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        var stem = words.trimmingCharacters(in: CharacterSet(charactersIn: ". -"))
        while stem.utf8.count > Limits.fileNameBytes { stem.removeLast() }
        stem = stem.trimmingCharacters(in: CharacterSet(charactersIn: ". -"))
        name = (stem.isEmpty ? "chat" : stem) + "." + ending
        fallback = stem.allSatisfy(\.isASCII) && !stem.isEmpty ? name : "chat." + ending
    }

    /// The header that makes a browser save the answer under this name (RFC 6266, RFC 5987).
    package var disposition: String {
        let attributes = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
        let encoded = name.utf8.map { byte in
            attributes.contains(byte) ? String(UnicodeScalar(byte)) : Self.percent(byte)
        }
        return "attachment; filename=\"\(fallback)\"; filename*=UTF-8''\(encoded.joined())"
    }

    private static func percent(_ byte: UInt8) -> String {
        let digits = Array("0123456789ABCDEF")
        return "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
    }
}
