/// What a request may ask for, each with the reason.
package enum Limits {
    /// OpenAI's own bound for `n`; more choices than this are separate requests.
    package static let choices = 128
    /// OpenAI's own bound; every stop string costs a comparison per token.
    package static let stopStrings = 4
    /// Far beyond any model's list of end tokens.
    package static let stopTokens = 256
    /// A stop string is held back from the stream until it cannot match any more, so it must not be a document.
    package static let stopStringBytes = 1024
    /// Prompts in one call of /v1/completions, times `n`: all of them are in flight together.
    package static let promptsTimesChoices = 128
    /// Messages in one chat; each has a cost in the template even when empty.
    package static let messages = 10_000
    /// A salt is a key or a name; it is hashed with every request.
    package static let cacheSaltBytes = 1024
    /// Characters of a caller's own text that an error message repeats.
    package static let quotedCharacters = 100
}
