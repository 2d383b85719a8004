/// The field `pronk`, by which the gateway asks a native engine for a stream that another engine can continue.
///
/// | field | meaning |
/// | --- | --- |
/// | `created` | seconds since 1970 that the answer bears, so that two engines write the same bytes |
/// | `tenant` | whose prompts must not be told from others' by the time of an answer |
/// | `tokens` | whether the stream's blocks tell, in comments, which tokens they stand for (`StreamComments`) |
/// | `resume` | what the client has of the answer already; only in streamed requests |
package struct RelayOptions: Decodable, Sendable, Equatable {
    package var created: Int?
    package var tenant: String?
    package var carriesTokens = false
    package var resume: ResumeState?

    package init() {}

    package init(from decoder: any Decoder) throws {
        let fields = try RequestFields(decoder)
        created = try fields.integer("created", "must be a number of seconds since 1970") { $0 >= 0 }
        tenant = try fields.string("tenant")
        carriesTokens = try fields.boolean("tokens") ?? false
        resume = try fields.value("resume", ResumeState.self, "must be an object")
    }
}

/// How far a streamed answer had come when its engine was lost: everything in the blocks that were received whole.
package struct ResumeState: Decodable, Sendable, Equatable {
    package struct Choice: Decodable, Sendable, Equatable {
        package var tokens: [Int32]
        /// Whether the chunk with the finish reason was received, too.
        package var isFinished: Bool

        package init(tokens: [Int32] = [], isFinished: Bool = false) {
            self.tokens = tokens
            self.isFinished = isFinished
        }

        package init(from decoder: any Decoder) throws {
            let fields = try RequestFields(decoder)
            tokens = try fields.value("tokens", [Int32].self, "must be an array of token ids") ?? []
            isFinished = try fields.boolean("finished") ?? false
        }
    }

    /// The first choices of the answer, those of several prompts one prompt after the other. Later ones start anew.
    package var choices: [Choice]
    /// Choices whose first chunk (the role and the opening, or the echo) was received; nil: all.
    package var started: Int?
    /// Whether the chunk with the usage was received.
    package var usageSent: Bool

    package init(choices: [Choice], started: Int? = nil, usageSent: Bool = false) {
        self.choices = choices
        self.started = started
        self.usageSent = usageSent
    }

    package init(from decoder: any Decoder) throws {
        let fields = try RequestFields(decoder)
        choices = try fields.value("choices", [Choice].self, "must be an array of objects") ?? []
        started = try fields.integer("started", "must be a number of choices") { $0 >= 0 }
        usageSent = try fields.boolean("usageSent") ?? false
    }

    /// Tokens that the answer has already, over all choices.
    package var tokenCount: Int { choices.reduce(0) { $0 + $1.tokens.count } }
}

extension GenerationParameters {
    /// Refuses a continuation of something else than this request; what the tokens mean is for the engine to judge.
    ///
    /// - Parameter count: the answer's choices, over all prompts.
    func checkResume(choices count: Int) throws(APIError) {
        guard let resume = relay.resume else { return }
        guard stream else { throw .invalid("pronk.resume", "is only allowed when 'stream' is true") }
        guard resume.choices.count <= count else {
            throw .invalid(
                "pronk.resume.choices", "must hold at most \(count) choices, but has \(resume.choices.count)")
        }
        guard seed != nil || temperature == 0 else {
            throw .missing("seed", "'pronk.resume' goes on with the draws of the seed that the answer began with")
        }
    }
}
