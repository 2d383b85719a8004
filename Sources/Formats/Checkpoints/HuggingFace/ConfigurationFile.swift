import FoundationEssentials

/// Decodes the small JSON files of a checkpoint's folder.
enum ConfigurationFile {
    /// - Parameter limit: bytes; a decoder takes many times as much memory as its input.
    static func decode<Value: Decodable>(
        _ type: Value.Type, _ json: UnsafeRawBufferPointer, _ name: String, limit: Int = Limits.configurationBytes
    ) throws(CheckpointError) -> Value {
        guard json.count <= limit else {
            throw CheckpointError(.limitExceeded, "\(name) has \(json.count) bytes, more than the limit of \(limit)")
        }
        do {
            return try JSONDecoder().decode(type, from: Data(json))
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
            let key = context.codingPath.map(\.stringValue).joined(separator: ".")
            throw CheckpointError(.invalidMetadata, "\(name): \(quoted(key)) is of the wrong type")
        } catch DecodingError.keyNotFound(let key, _) {
            throw CheckpointError(.missingMetadata, "\(name) has no \(quoted(key.stringValue))")
        } catch {
            throw CheckpointError(.malformed, "\(name) is no sound JSON: download it again")
        }
    }
}
