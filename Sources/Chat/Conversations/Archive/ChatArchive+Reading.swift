internal import Foundation

extension ChatArchive {
    /// Reads a file. Whatever is wrong with it is an error that names the place.
    package init(reading bytes: [UInt8]) throws {
        /// Read before anything else, so that a file of another kind is told from a broken one of ours.
        struct Heading: Decodable {
            var format: String?
            var version: Int?
        }
        do {
            let data = Data(bytes)
            let heading = try JSONDecoder().decode(Heading.self, from: data)
            guard heading.format == Self.format else {
                throw Self.error("format", "is not '\(Self.format)': take a JSON file that this site exported")
            }
            guard heading.version == Self.version else {
                throw Self.error("version", "is not \(Self.version): the file is of a newer Pronk; use that one")
            }
            self = try JSONDecoder().decode(Self.self, from: data)
        } catch let error as DecodingError {
            throw Self.error(error)
        }
    }

    /// The chats with new ids, for `owner`; each checked before the first is returned.
    package func chats(for owner: String) throws -> [(chat: Chat, messages: [Message])] {
        guard chats.count <= Limits.importedChats else {
            throw Self.error("chats", "has more than \(Limits.importedChats) chats: take them in by several files")
        }
        return try chats.enumerated().map { try $1.read(at: "chats[\($0)]", owner: owner) }
    }

    static func error(_ place: String, _ rule: String) -> ConversationsError {
        ConversationsError(.invalidArchive, place.isEmpty ? "The file \(rule)." : "'\(place)' \(rule).", field: place)
    }

    private static func error(_ error: DecodingError) -> ConversationsError {
        switch error {
        case .keyNotFound(let key, let context): Self.error(place(context.codingPath + [key]), "is missing")
        case .typeMismatch(_, let context): Self.error(place(context.codingPath), "has the wrong type")
        case .valueNotFound(_, let context): Self.error(place(context.codingPath), "must not be null")
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            Self.error(place(context.codingPath), "is not valid")
        default: Self.error("", "is no valid JSON, or has a number that is out of range")
        }
    }

    private static func place(_ path: [any CodingKey]) -> String {
        path.reduce("") { place, key in
            if let index = key.intValue { return "\(place)[\(index)]" }
            return place.isEmpty ? key.stringValue : "\(place).\(key.stringValue)"
        }
    }
}

extension ChatArchive.Entry {
    func read(at place: String, owner: String) throws -> (chat: Chat, messages: [Message]) {
        let title = try naming(place) { try ChatRules.title(self.title) }
        guard let origin = Chat.TitleOrigin(name: titleOrigin ?? "person") else {
            throw ChatArchive.error("\(place).titleOrigin", "is none of firstLine, model and person")
        }
        try naming(place) { try ChatRules.check(model: model) }
        let settings = self.settings ?? ChatSettings()
        try naming(place) { try settings.check() }
        try ChatArchive.check(time: created, at: "\(place).created")
        try ChatArchive.check(time: updated, at: "\(place).updated")
        guard messages.count <= Limits.messages else {
            throw ChatArchive.error("\(place).messages", "has more than \(Limits.messages) messages")
        }
        var chat = Chat(
            id: RandomID.make(), owner: owner, title: title, titleOrigin: origin, isPinned: pinned ?? false,
            created: created, updated: updated, model: model, settings: settings)
        var ids: [String: String] = [:]
        var roles: [String: String] = [:]
        for (index, line) in messages.enumerated() {
            guard !line.id.isEmpty, ids.updateValue(RandomID.make(), forKey: line.id) == nil else {
                throw ChatArchive.error("\(place).messages[\(index)].id", "is empty, or another message has it too")
            }
            roles[line.id] = line.role
        }
        let read = try messages.enumerated().map { index, line in
            try line.read(at: "\(place).messages[\(index)]", chat: chat.id, ids: ids, roles: roles)
        }
        guard MessageTree(read).isWhole else {
            throw ChatArchive.error("\(place).messages", "has a message that is its own ancestor")
        }
        if let leaf {
            guard let id = ids[leaf] else { throw ChatArchive.error("\(place).leaf", "is no message of this chat") }
            chat.leaf = id
        } else {
            chat.leaf = read.last?.id
        }
        return (chat, read)
    }

    /// An error of a field with the place before its name.
    private func naming<Value>(_ place: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as ConversationsError {
            let field = "\(place).\(error.field ?? "")"
            throw ConversationsError(.invalidArchive, "\(field): \(error.message)", field: field)
        }
    }
}

extension ChatArchive.Line {
    func read(
        at place: String, chat: String, ids: [String: String], roles: [String: String]
    ) throws -> Message {
        guard let role = Message.Role(rawValue: role) else {
            throw ChatArchive.error("\(place).role", "is neither user nor assistant")
        }
        if let parent, roles[parent] == nil {
            throw ChatArchive.error("\(place).parent", "is no message of this chat")
        }
        // Questions and answers in turn, and a question first.
        let above = parent.flatMap { roles[$0] } ?? Message.Role.assistant.rawValue
        guard above != role.rawValue else {
            throw ChatArchive.error(
                "\(place).role", role == .user ? "is that of its parent too" : "must be user: only questions begin")
        }
        guard content.utf8.count <= Limits.messageBytes else {
            throw ChatArchive.error("\(place).content", "has more than \(Limits.messageBytes) bytes")
        }
        guard let state = Message.State(rawValue: state ?? "done"), !state.isOpen, role == .assistant || state == .done
        else {
            throw ChatArchive.error(
                "\(place).state", role == .user ? "must be done" : "is none of done, stopped and failed")
        }
        try ChatArchive.check(time: created, at: "\(place).created")
        try checkTexts(at: place)
        return Message(
            id: ids[id] ?? RandomID.make(), chat: chat, parent: parent.flatMap { ids[$0] }, role: role,
            content: content, created: created, model: model, state: state, error: error,
            finishReason: finishReason,
            usage: usage, timing: timing, seed: seed,
            // It may have been cut off together with what was exported; then nothing is marked.
            contextStart: contextStart.flatMap { ids[$0] })
    }

    private func checkTexts(at place: String) throws {
        let texts: [(name: String, text: String?, bytes: Int)] = [
            ("model", model, Limits.modelBytes), ("finishReason", finishReason, Limits.codeBytes),
            ("error.code", error?.code, Limits.codeBytes), ("error.message", error?.message, Limits.errorBytes),
        ]
        for (name, text, bytes) in texts where text?.utf8.count ?? 0 > bytes {
            throw ChatArchive.error("\(place).\(name)", "has more than \(bytes) bytes")
        }
        let numbers = [usage?.prompt, usage?.cached, usage?.completion, timing?.firstToken, timing?.total]
        guard numbers.allSatisfy({ (0...Limits.latestTime).contains($0 ?? 0) }) else {
            throw ChatArchive.error(place, "has a number in 'usage' or 'timing' that is negative or too large")
        }
    }
}

extension ChatArchive {
    static func check(time: Int, at place: String) throws {
        guard (0...Limits.latestTime).contains(time) else {
            throw error(place, "is no time in milliseconds since 1970")
        }
    }
}
