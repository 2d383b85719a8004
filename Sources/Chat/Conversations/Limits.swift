/// Bounds of conversations, each with its reason.
package enum Limits {
    /// Chats of one account: thirty a day for four years. The list is paged, so this bounds the disk alone.
    package static let chats = 50_000
    /// Pinned chats of one account: all of them stand on the first page of the list.
    package static let pinnedChats = 100
    /// Messages of one chat: opening one reads them all.
    package static let messages = 10_000
    /// Bytes of a message: what fits a request's body, and four times the text of a context of 128 Ki tokens.
    package static let messageBytes = 1 << 20
    /// Characters of a title: what a line of the list could ever show.
    package static let titleCharacters = 200
    /// Characters of a title that is made from a question's first line.
    static let firstLineCharacters = 60
    /// Scalars of a question that are looked at for a title, and characters of one of its lines: a link's address can
    /// be long, and the time that Markdown's patterns take grows with the square of the line.
    static let firstLineScalars = 4_096
    static let plainedCharacters = 512
    /// Bytes of a model's name, as the gateway bounds it.
    package static let modelBytes = 256
    /// Bytes of a system prompt: a book's chapter.
    package static let systemPromptBytes = 64 << 10
    /// Stop texts, and bytes of each: what OpenAI's API takes, and long enough for any marker.
    package static let stops = 4
    package static let stopBytes = 256
    /// Chats of one page of the list.
    package static let pageChats = 100
    /// Milliseconds between deleting a chat and its end: time enough to notice a slip.
    package static let undoMilliseconds = 3_600_000
    /// Between two looks for chats whose hour is over. A minute late hurts nobody.
    static let purgeInterval = Duration.seconds(60)
    /// Chats that one transaction removes for good: about 20 ms, during which nobody else writes.
    static let purgeChats = 20
    /// Characters of a text by which it can be found: a long book chapter. What comes after is kept and not found.
    static let indexedCharacters = 200_000
    /// Characters of one word that count: longer ones are no words but data.
    static let wordCharacters = 64
    /// Characters and words of a query that are looked at: whoever pastes a page finds it by its first lines.
    static let queryCharacters = 1_000
    static let queryTerms = 16
    /// Results of one search: what one looks through before one types another word.
    package static let searchResults = 50
    /// The newest texts with all words that are compared with each other: about 5 ms.
    static let searchCandidates = 1_000
    /// Characters around what was found, and how many finds in a text are looked at for the best place.
    static let snippetBefore = 40
    static let snippetAfter = 120
    static let snippetHits = 100
    /// Shares of one chat at a time: each keeps a whole branch.
    package static let shares = 50
    /// Chats of one file: more than its bytes could hold of any use.
    static let importedChats = 20_000
    /// Bytes of messages that one transaction takes in: about 100 ms, during which nobody else writes.
    static let importBytes = 256 << 10
    /// Bytes of a code and of a text that say why an answer failed.
    static let codeBytes = 64
    static let errorBytes = 4_096
    /// The end of the year 9999, in milliseconds since 1970: what every calendar can show.
    static let latestTime = 253_402_300_799_999
    /// Bytes of a file's name without its ending: file systems take 255, and browsers add a number.
    static let fileNameBytes = 120
}
