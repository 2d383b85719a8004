import FoundationEssentials

/// Decoding of a checkpoint's JSON files, with errors that name the file and the place in it.
enum JSONFile {
    /// - Parameter name: the file's, for messages.
    static func decode<Value: Decodable>(
        _ type: Value.Type, _ bytes: [UInt8], _ name: String
    ) throws(TokenizerError) -> Value {
        guard bytes.count <= Limits.fileBytes else {
            throw TokenizerError(
                .invalidTextFile, "\(name) has \(bytes.count) bytes; at most \(Limits.fileBytes) are supported")
        }
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch let error as TokenizerError {
            throw error
        } catch let error as DecodingError {
            throw TokenizerError(.invalidTextFile, "\(name) cannot be used: \(explanation(of: error))")
        } catch {
            throw TokenizerError(.invalidTextFile, "\(name) cannot be used: it is not JSON")
        }
    }

    private static func explanation(of error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context):
            "it has no \(path(context.codingPath + [key]))"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "\(path(context.codingPath)) is of the wrong type"
        case .dataCorrupted(let context) where context.codingPath.isEmpty:
            "it is not JSON; download it again"
        case .dataCorrupted(let context):
            "\(path(context.codingPath)) is invalid"
        @unknown default:
            "it is not as expected"
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        let path = keys.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        return path.isEmpty ? "the whole" : path.shortQuotation
    }
}

extension String {
    /// Safe and short enough to stand in a message.
    var shortQuotation: String {
        // By scalars: a single hostile character can consist of millions of them.
        let shown = unicodeScalars.prefix(120)
        return String(shown).debugDescription + (shown.endIndex == unicodeScalars.endIndex ? "" : "…")
    }
}
