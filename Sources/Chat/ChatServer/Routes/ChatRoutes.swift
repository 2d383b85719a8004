package import Conversations
import Foundation
import Gateway

/// Chats that are there: listed, opened, changed, deleted and found. What makes a model write is elsewhere.
package struct ChatRoutes: Sendable {
    private let store: ChatStore
    private let watcher: any ChatWatcher
    private let tree: Tree

    /// Reads an account's chat with all its messages.
    package typealias Tree =
        @Sendable (_ chat: String, _ owner: String) async throws -> (chat: Chat, messages: [Message])?

    /// - Parameter tree: `GenerationHub.tree`, which knows what is written and not stored yet; nil: the store's.
    package init(store: ChatStore, watcher: any ChatWatcher, tree: Tree? = nil) {
        self.store = store
        self.watcher = watcher
        self.tree = tree ?? { try await store.tree($0, owner: $1) }
    }

    package var routes: [Route] {
        [
            Route("GET", "/api/chats", .account, respond: list),
            Route("GET", "/api/chats/{chat}", .account, respond: open),
            Route("PATCH", "/api/chats/{chat}", .account, respond: change),
            Route("DELETE", "/api/chats/{chat}", .account, respond: delete),
            Route("POST", "/api/chats/{chat}/restore", .account, respond: restore),
            Route("GET", "/api/search", .account, respond: search),
        ]
    }

    private struct Page: Encodable {
        var chats: [ChatRecord]
        var next: String?
    }

    private func list(_ context: SiteContext) async throws -> SiteResponse {
        let before = try context.query("before").map { text in
            guard let cursor = ChatCursor(text) else {
                throw SiteError(.invalid, "'before' is not what a page of chats gave as 'next'.", field: "before")
            }
            return cursor
        }
        let page = try await store.chats(
            owner: context.account.id, before: before, limit: context.number("limit") ?? Limits.chatsOfPage)
        return SiteJSON.response(Page(chats: page.chats.map(ChatRecord.init), next: page.next?.description))
    }

    private func open(_ context: SiteContext) async throws -> SiteResponse {
        guard let tree = try await tree(context.parameter("chat"), context.account.id) else {
            throw SiteError.noChat
        }
        return SiteJSON.response(ChatWithMessages(tree.chat, tree.messages))
    }

    private struct Change: Decodable {
        var title: String?
        var pinned: Bool?
        var model: String?
        var settings: ChatSettings?
        var leaf: String?
    }

    private func change(_ context: SiteContext) async throws -> SiteResponse {
        let body = try context.body(Change.self)
        let change = ChatChange(
            title: body.title, isPinned: body.pinned, model: body.model, settings: body.settings, leaf: body.leaf)
        let chat = try await store.update(context.parameter("chat"), owner: context.account.id, change)
        return try changed(chat)
    }

    private func delete(_ context: SiteContext) async throws -> SiteResponse {
        let (chat, owner) = (try context.parameter("chat"), try context.account.id)
        guard try await store.delete(chat, owner: owner) else { throw SiteError.noChat }
        watcher.removed(chat, owner: owner)
        return SiteResponse(status: 204)
    }

    private func restore(_ context: SiteContext) async throws -> SiteResponse {
        try changed(try await store.restore(context.parameter("chat"), owner: context.account.id))
    }

    private func changed(_ chat: Chat?) throws -> SiteResponse {
        guard let chat else { throw SiteError.noChat }
        watcher.changed(chat)
        return SiteJSON.response(ChatRecord(chat))
    }

    private struct Results: Encodable {
        struct Result: Encodable {
            var chat: ChatRecord
            var message: String?
            var snippet: [Snippet.Part]
        }
        var results: [Result]
    }

    private func search(_ context: SiteContext) async throws -> SiteResponse {
        let found = try await store.search(
            SearchQuery(context.query("q") ?? ""), owner: context.account.id,
            limit: context.number("limit") ?? Limits.resultsOfSearch)
        return SiteJSON.response(
            Results(
                results: found.map {
                    .init(chat: ChatRecord($0.chat), message: $0.message, snippet: $0.snippet.parts)
                }))
    }
}

extension SiteError {
    /// Also for what is somebody else's: nobody learns that it exists.
    static let noChat = SiteError(.notFound, "There is no such chat.")
}

extension SiteContext {
    /// A query parameter that is a whole number; nil: not given.
    func number(_ name: String) throws -> Int? {
        try query(name).map { text in
            guard let number = Int(text) else { throw SiteError(.invalid, "'\(name)' is a number.", field: name) }
            return number
        }
    }
}
