/// Why a checkpoint or an image cannot be read, packed or found.
///
/// `code` is closed and safe as a metric label; `message` names the mistake and the way out.
package struct CheckpointError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        case unreadable
        case wrongFormat = "wrong_format"
        case unsupportedVersion = "unsupported_version"
        case truncated
        case malformed
        case limitExceeded = "limit_exceeded"
        case unsupportedArchitecture = "unsupported_architecture"
        case unsupportedTensorType = "unsupported_tensor_type"
        case unsupportedTokenizer = "unsupported_tokenizer"
        case missingMetadata = "missing_metadata"
        case invalidMetadata = "invalid_metadata"
        case missingTensor = "missing_tensor"
        case invalidTensor = "invalid_tensor"
        case tokenizerMismatch = "tokenizer_mismatch"
        case invalidImage = "invalid_image"
        case outdatedImage = "outdated_image"
        case diskFull = "disk_full"
        case unwritable
        case unknownModel = "unknown_model"
        case nameTaken = "name_taken"
    }

    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}

extension CheckpointError {
    /// The same error with the file's path in front of its message.
    func `in`(_ path: String) -> CheckpointError { CheckpointError(code, "\(path): \(message)") }
}

/// Text from a file, safe and short enough to stand in a message.
func quoted(_ text: String) -> String {
    // By scalars: a single hostile character can consist of millions of them.
    let shown = text.unicodeScalars.prefix(80)
    return String(shown).debugDescription + (shown.endIndex == text.endIndex ? "" : "…")
}
