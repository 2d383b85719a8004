internal import Foundation

/// Small values of which no statement asks a part: one column holds them as JSON.
enum StoredJSON {
    static func text(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        // Values of ours always have a JSON form: numbers are finite, and keys are text.
        guard let data = try? encoder.encode(value) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }

    static func value<Value: Decodable>(_ text: String?) -> Value? {
        guard let text else { return nil }
        return try? JSONDecoder().decode(Value.self, from: Data(text.utf8))
    }
}

extension String {
    /// The text with a replacement character for each NUL. Databases end a text there: SQLite's readers would lose the
    /// rest, and PostgreSQL takes none at all.
    package var withoutNull: String { utf8.contains(0) ? replacing("\0", with: "\u{fffd}") : self }
}
