import Conversations
import Gateway

/// Asking, stopping, continuing, and titles by models.
struct GenerationRoutes: Sendable {
    let store: ChatStore
    let hub: GenerationHub
    let directory: any ModelDirectory

    var all: [Route] {
        [
            Route("POST", "/api/chats", .account, bodyLimit: Limits.questionBodyBytes, respond: beginChat),
            Route(
                "POST", "/api/chats/{chat}/messages", .account, bodyLimit: Limits.questionBodyBytes, respond: ask),
            Route("POST", "/api/messages/{message}/regenerate", .account, respond: regenerate),
            Route("POST", "/api/messages/{message}/continue", .account, respond: goOn),
            Route("POST", "/api/messages/{message}/stop", .account, respond: stop),
            Route("POST", "/api/chats/{chat}/title", .account, respond: askForTitle),
            Route("DELETE", "/api/chats/{chat}/title", .account, respond: stopTitle),
        ]
    }

    private struct NewMessage: Decodable {
        var id: String?
        var parent: String?
        var content: String
        var model: String?

        func checkedID(_ field: String) throws -> String? { try GenerationRoutes.checked(id, field) }
    }

    private struct NewChat: Decodable {
        var id: String?
        var model: String?
        var settings: ChatSettings?
        var message: NewMessage
    }

    private struct Regeneration: Decodable { var model: String? }

    @Sendable private func beginChat(_ context: SiteContext) async throws -> SiteResponse {
        let body = try context.body(NewChat.self)
        let person = try Person(context.account)
        try body.settings?.check()
        try Self.check(body.message.content, "message.content")
        guard body.message.parent == nil else {
            throw SiteError(.invalid, "A chat's first message has no 'parent'.", field: "message.parent")
        }
        let model = try body.model ?? body.message.model ?? defaultModel(of: person)
        let time = ChatClock.milliseconds()
        let chat = Chat(
            id: try Self.checked(body.id, "id") ?? RandomID.make(), owner: person.account, title: "", created: time,
            updated: time, model: model, settings: body.settings ?? ChatSettings())
        return Self.response(
            try await hub.ask(
                body.message.content, id: body.message.checkedID("message.id"), parent: nil,
                model: body.message.model, in: chat, isNewChat: true, by: person))
    }

    @Sendable private func ask(_ context: SiteContext) async throws -> SiteResponse {
        let body = try context.body(NewMessage.self)
        try Self.check(body.content, "content")
        let chat = try await chat(context)
        return Self.response(
            try await hub.ask(
                body.content, id: body.checkedID("id"), parent: body.parent, model: body.model, in: chat,
                isNewChat: false, by: Person(context.account)))
    }

    @Sendable private func regenerate(_ context: SiteContext) async throws -> SiteResponse {
        let body = context.request.body.isEmpty ? Regeneration() : try context.body(Regeneration.self)
        let (message, chat) = try await message(context)
        return Self.response(
            try await hub.regenerate(message, model: body.model, in: chat, by: Person(context.account)))
    }

    @Sendable private func goOn(_ context: SiteContext) async throws -> SiteResponse {
        let (message, chat) = try await message(context)
        let (answer, changed) = try await hub.resume(message, in: chat, by: Person(context.account))
        return SiteJSON.response(ChatWithMessages(changed, [answer]))
    }

    @Sendable private func stop(_ context: SiteContext) async throws -> SiteResponse {
        let (message, _) = try await message(context)
        return SiteJSON.response(MessageRecord(await hub.stop(message)))
    }

    @Sendable private func askForTitle(_ context: SiteContext) async throws -> SiteResponse {
        let chat = try await chat(context)
        try await hub.askForTitle(of: chat, by: Person(context.account))
        return SiteResponse(status: 202)
    }

    @Sendable private func stopTitle(_ context: SiteContext) async throws -> SiteResponse {
        let chat = try await chat(context)
        await hub.stopTitle(of: chat.id)
        return SiteResponse(status: 204)
    }

    // MARK: What they share

    private func chat(_ context: SiteContext) async throws -> Chat {
        let id = try context.parameter("chat")
        guard let chat = try await store.chat(id, owner: context.account.id) else {
            throw SiteError(.notFound, "There is no such chat.")
        }
        return chat
    }

    private func message(_ context: SiteContext) async throws -> (Message, Chat) {
        let id = try context.parameter("message")
        guard let found = try await store.message(id, owner: context.account.id) else {
            throw SiteError(.notFound, "There is no such message.")
        }
        return (found.message, found.chat)
    }

    private func defaultModel(of person: Person) throws -> String {
        let models = directory.models()
        if let wanted = person.defaultModel, models.contains(where: { $0.id == wanted }) { return wanted }
        guard let first = models.first(where: { $0.state != .stopped }) ?? models.first else {
            throw SiteError(.unavailable, "There is no model that could answer: an administrator adds one.")
        }
        return first.id
    }

    private static func response(_ beginning: ChatStore.Beginning) -> SiteResponse {
        let messages = [beginning.question, beginning.answer].compactMap { $0 }
        return SiteJSON.response(ChatWithMessages(beginning.chat, messages))
    }

    private static func check(_ content: String, _ field: String) throws {
        guard content.contains(where: { !$0.isWhitespace }) else {
            throw SiteError(.invalid, "'\(field)' is empty: write something.", field: field)
        }
    }

    private static func checked(_ id: String?, _ field: String) throws -> String? {
        guard let id else { return nil }
        guard let normalized = RandomID.normalized(id) else {
            throw SiteError(.invalid, "'\(field)' must be a UUID.", field: field)
        }
        return normalized
    }
}
