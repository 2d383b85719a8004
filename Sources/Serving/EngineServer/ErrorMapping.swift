import Engine
import OpenAIAPI
import Tokenization

/// The one place where failures of the modules below become what a caller sees.
extension APIError {
    init(_ error: any Error) {
        switch error {
        case let error as APIError: self = error
        case let error as EngineError: self.init(error)
        case let error as TokenizerError: self.init(error)
        case is CancellationError: self = .requestCancelled
        // The description of an unknown error may hold anything; it goes to the log alone.
        default: self.init(.internalError, "The server failed on this request: its log has the reason.")
        }
    }

    private init(_ error: EngineError) {
        switch error.code {
        case .emptyPrompt: self.init(.invalidValue, error.message, param: "prompt")
        case .contextLengthExceeded: self.init(.contextLengthExceeded, error.message)
        case .invalidParameter: self.init(.invalidValue, error.message)
        case .invalidResume:
            let choice = error.choice.map { "[\($0)].tokens" } ?? ""
            self.init(
                .invalidValue, "'pronk.resume.choices\(choice)': \(error.message).",
                param: "pronk.resume.choices\(choice)")
        case .queueFull: self.init(.queueFull, error.message, retryAfter: Limits.queueRetrySeconds)
        case .draining: self = .serverDraining
        case .cancelled: self.init(.cancelled, error.message, retryAfter: Limits.drainRetrySeconds)
        case .outOfMemory, .internalFailure: self.init(.internalError, error.message)
        }
    }

    private init(_ error: TokenizerError) {
        switch error.code {
        case .invalidConversation: self.init(.invalidValue, error.message, param: "messages")
        case .unknownChatTemplate, .missingSpecialToken: self.init(.chatNotSupported, error.message, param: "messages")
        // Said when a model is added, long before a request.
        case .unknownPreTokenizer, .unsupportedTokenizer, .invalidTextFile, .invalidVocabulary, .invalidTables:
            self.init(.internalError, error.message)
        }
    }

    static let serverDraining = APIError(
        .draining, "This server is shutting down: send the request again, to another instance.",
        retryAfter: Limits.drainRetrySeconds)

    static let unfinishedAnswer = APIError(
        .internalError, "The engine ended the answer without a reason: send the request again.")

    static let requestCancelled = APIError(
        .cancelled, "The request was cancelled before its answer was complete: send it again.",
        retryAfter: Limits.drainRetrySeconds)
}
