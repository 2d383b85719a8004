/// Why a vocabulary, a table or a conversation cannot be used.
package struct TokenizerError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        /// The checkpoint's way of splitting text is not known.
        case unknownPreTokenizer = "unknown_pre_tokenizer"
        /// The checkpoint's vocabulary contradicts itself.
        case invalidVocabulary = "invalid_vocabulary"
        /// The vocabulary is of a kind that we cannot run.
        case unsupportedTokenizer = "unsupported_tokenizer"
        /// A file beside the weights cannot be read.
        case invalidTextFile = "invalid_text_file"
        /// The binary tables are damaged or of another version.
        case invalidTables = "invalid_tables"
        /// The checkpoint's chat template is not one that we render.
        case unknownChatTemplate = "unknown_chat_template"
        /// The vocabulary lacks a token that the chat format is made of.
        case missingSpecialToken = "missing_special_token"
        /// The template cannot render these messages.
        case invalidConversation = "invalid_conversation"
    }
    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
