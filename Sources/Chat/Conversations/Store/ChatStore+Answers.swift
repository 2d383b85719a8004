internal import GRDB
internal import Storage

extension ChatStore {
    /// What stands in the database after a question was asked.
    package struct Beginning: Sendable, Equatable {
        package var chat: Chat
        /// nil: an answer that was asked for again has no new question.
        package var question: Message?
        package var answer: Message
        /// false: all this was there before; a page had asked twice.
        package var isNew: Bool
    }

    /// Stores a question and its answer that is still to be written, in one transaction, and opens their branch.
    ///
    /// A page that got no answer asks again with the same ids, which changes nothing.
    ///
    /// - Parameters:
    ///   - chat: A new chat; its title is made from the question when it is empty. nil: the chat is there.
    ///   - question: nil: another answer to the question that is there.
    /// - Returns: nil: the owner has no such chat.
    package func begin(
        chat: Chat? = nil, question: Message?, answer: Message, owner: String
    ) async throws -> Beginning? {
        let question = question.map { question in
            var question = question
            question.content = question.content.withoutNull
            return question
        }
        let title = question.map { FirstLineTitle.make(from: $0.content) } ?? ""
        let tokens = question.map { SearchTokens(indexing: $0.content) }
        return try await database.write { connection in
            if let repeated = try Self.repeated(
                chat: chat, question: question, answer: answer, owner: owner, in: connection)
            {
                return repeated
            }
            let isNewChat: Bool
            if var chat, try ChatTable.find(chat.id, owner: owner, in: connection) == nil {
                if chat.title.isEmpty { chat.title = title }
                try Self.add(chat, owner: owner, in: connection)
                isNewChat = true
            } else {
                isNewChat = false
            }
            guard var current = try ChatTable.find(answer.chat, owner: owner, in: connection) else { return nil }
            try Self.checkPlace(of: question, answer, in: connection)
            for message in [question, answer].compactMap({ $0 }) { try MessageTable.insert(message, in: connection) }
            if let question, let tokens {
                try SearchIndex.put(tokens, message: question.id, of: current, in: connection)
            }
            if isNewChat {
                try SearchIndex.put(SearchTokens(indexing: current.title), message: nil, of: current, in: connection)
            }
            current.leaf = answer.id
            current.updated = max(current.updated, answer.created)
            try ChatTable.update(current, in: connection)
            current.isRunning = answer.state.isOpen
            return Beginning(chat: current, question: question, answer: answer, isNew: true)
        }
    }

    /// What is there already when the same was asked before.
    private static func repeated(
        chat: Chat?, question: Message?, answer: Message, owner: String, in connection: Connection
    ) throws -> Beginning? {
        var first: Message?
        if let question, let known = try MessageTable.find(question.id, in: connection) {
            guard known.chat == answer.chat, known.role == .user else { throw idTaken(question.id) }
            first = known
        } else if let chat {
            first = try MessageTable.first(under: nil, of: chat.id, in: connection)
        }
        guard let first else { return nil }
        guard let current = try ChatTable.find(first.chat, owner: owner, in: connection) else {
            throw idTaken(first.chat)
        }
        guard let known = try MessageTable.first(under: first.id, of: first.chat, in: connection) else { return nil }
        return Beginning(chat: current, question: first, answer: known, isNew: false)
    }

    static func add(_ chat: Chat, owner: String, in connection: Connection) throws {
        guard chat.owner == owner else { throw ConversationsError(.invalid, "A new chat belongs to who makes it.") }
        let query = "SELECT EXISTS (SELECT 1 FROM chat WHERE id = ?)"
        if try Bool.fetchOne(connection, sql: query, arguments: [chat.id]) == true { throw idTaken(chat.id) }
        try ChatTable.insert(chat, in: connection)
        try checkCount(owner: owner, in: connection)
    }

    /// Throws, and so takes back, what makes too many chats.
    static func checkCount(owner: String, in connection: Connection) throws {
        guard try ChatTable.count(owner: owner, in: connection) <= Limits.chats else {
            throw ConversationsError(
                .limitReached, "An account has at most \(Limits.chats) chats: delete some that are no longer needed.")
        }
    }

    private static func idTaken(_ id: String) -> ConversationsError {
        ConversationsError(.idTaken, "The id \(id) is taken: choose a new random one.", field: "id")
    }

    /// Questions stand at the beginning or under an answer that is complete; answers under a question.
    private static func checkPlace(of question: Message?, _ answer: Message, in connection: Connection) throws {
        if let question {
            guard question.role == .user, question.chat == answer.chat, answer.parent == question.id else {
                throw ConversationsError(.misplaced, "An answer stands under its question, in the same chat.")
            }
            try checkLength(question.content)
            if let parent = question.parent {
                guard let above = try MessageTable.find(parent, in: connection), above.chat == question.chat,
                    above.role == .assistant
                else {
                    throw ConversationsError(
                        .misplaced, "The parent \(parent) is no answer of this chat.", field: "parent")
                }
                guard !above.state.isOpen else {
                    throw ConversationsError(
                        .alreadyRunning, "The answer before it is still being written: stop it, or wait for its end.")
                }
            }
        } else {
            guard let parent = answer.parent, let above = try MessageTable.find(parent, in: connection),
                above.chat == answer.chat, above.role == .user
            else { throw ConversationsError(.misplaced, "Only a question of this chat can be answered.") }
        }
        guard answer.role == .assistant else {
            throw ConversationsError(.misplaced, "What is begun is an answer, of the role assistant.")
        }
        guard try MessageTable.count(of: answer.chat, in: connection) + 2 <= Limits.messages else {
            throw ConversationsError(
                .limitReached, "A chat has at most \(Limits.messages) messages: begin a new one.")
        }
    }

    private static func checkLength(_ content: String) throws {
        guard content.utf8.count <= Limits.messageBytes else {
            throw ConversationsError(
                .invalid, "A message has at most \(Limits.messageBytes) bytes: send it in parts.", field: "content")
        }
    }

    /// Writes how far answers are, all in one transaction. Those that are gone are passed over. An answer can be found
    /// by its words once it has ended.
    package func save(_ answers: [Message]) async throws {
        guard !answers.isEmpty else { return }
        let tokens = answers.map { $0.state.isOpen ? nil : SearchTokens(indexing: $0.shownContent) }
        try await database.write { connection in
            for (answer, tokens) in zip(answers, tokens) {
                try MessageTable.update(answer, in: connection)
                guard let tokens, connection.changesCount > 0 else { continue }
                try SearchIndex.put(tokens, message: answer.id, ofChat: answer.chat, in: connection)
            }
        }
    }

    /// Opens an answer again that has ended, to be written on, and opens the branch that ends with it.
    ///
    /// - Returns: nil: the owner has no such answer.
    package func continueAnswer(
        _ id: String, owner: String, as state: Message.State = .running
    ) async throws -> (message: Message, chat: Chat)? {
        let now = now()
        return try await database.write { connection in
            guard var (message, chat) = try Self.message(id, owner: owner, in: connection) else { return nil }
            guard message.role == .assistant else {
                throw ConversationsError(.misplaced, "Only an answer can be continued.")
            }
            guard !message.state.isOpen else {
                throw ConversationsError(.alreadyRunning, "This answer is being written already.")
            }
            message.state = state
            message.error = nil
            message.finishReason = nil
            try MessageTable.update(message, in: connection)
            chat.updated = max(chat.updated, now)
            try ChatTable.update(chat, in: connection)
            chat.isRunning = true
            return (message, chat)
        }
    }
}
