/// Bounds of the chat site, each with its reason.
package enum Limits {
    /// A body of JSON: the longest message that makes sense is a whole context of text.
    package static let bodyBytes = 1 << 20
    /// A body with a name, a password and a secret. Anybody may send these.
    static let accountBodyBytes = 16 << 10
    /// Preferences take up to 64 KiB, which may be escaped.
    static let preferencesBodyBytes = 256 << 10
    /// A file of conversations to take in.
    package static let importBytes = 16 << 20
    /// A question as JSON: escapes can make six bytes of one.
    static let questionBodyBytes = 6 << 20
    /// Levels of what pages keep with an account: presets are a list in an object.
    static let jsonDepth = 16
    /// Query parameters of one request; ours have three at most.
    static let queryItems = 32
    /// Chats of one page of the list, and results of a search, where the page asks for no other number.
    static let chatsOfPage = 50
    static let resultsOfSearch = 20
}

// Answers.
extension Limits {
    /// Answers of one account that are written at the same time: a few chats and siblings, and no fleet.
    package static let answersPerAccount = 8
    /// Bytes of an answer: four times the text of a context of 128 Ki tokens; an engine that never ends is ended here.
    static let answerBytes = 2 << 20
    /// Tokens that are kept free for an answer where nobody says how long it may be.
    static let answerTokens = 512
    /// Between two saves of what is being written: what a killed program loses is generated again in less than it.
    static let saveInterval = Duration.seconds(1)
    /// Between two tries to save when the disk is full.
    static let repeatedSave = Duration.seconds(2)
    /// Calls that are repeated while the gateway's socket is not open yet, and the pause between them: ten seconds in
    /// all, and the gateway opens in a fraction of one.
    static let repeatedCalls = 40
    static let repeatedCallMilliseconds = 250
}

// Calls.
extension Limits {
    /// Connections to the gateway: one for each answer, title and recording; its own bound is ten thousand.
    static let gatewayConnections = 4_096
    /// Bytes of one event of an engine's stream: a token's has some hundred.
    static let completionEventBytes = 1 << 20
    /// Tokens that an engine may say a call had: far more than any context.
    static let countedTokens = 1 << 40
    /// Bytes of a refusal that are read.
    static let refusalBytes = 64 << 10
    /// Bytes of a recording: some 50 minutes as browsers record speech, and nobody dictates longer.
    package static let recordingBytes = 12 << 20
    /// Bytes of the text that a voice service makes of it.
    static let transcriptBytes = 1 << 20
}

// Prompts.
extension Limits {
    /// Characters between a variable's braces: the longest name with blanks around it.
    static let variableCharacters = 64
}

// Events.
extension Limits {
    /// Streams of events of one account: open tabs on a few devices.
    package static let streamsPerAccount = 16
    /// Events that wait for a slow reader: some seconds of text. Then it begins anew, with one snapshot.
    static let bufferedEvents = 256
    /// Text that comes within it goes out as one event: less than a frame of the screen.
    static let deltaInterval = Duration.milliseconds(15)
    /// Between two looks at the models.
    static let modelsInterval = Duration.milliseconds(500)
    /// Looks for each heartbeat: 15 s, half of what impatient proxies bear.
    static let heartbeatRounds = 30
}

// Titles.
extension Limits {
    /// Characters of a title by a model: what fits the list.
    static let titleCharacters = 60
    /// Tokens that a model gets for it.
    static let titleTokens = 40
    /// Characters of the question and of the answer that it reads: a prompt of a fraction of a second.
    static let titleSourceCharacters = 600
    /// Calls for one chat's title; questions may cut off each of them.
    static let titleAttempts = 3
    /// Chats that wait for a title; beyond it the oldest keep their first line.
    static let titleWishes = 100
}
