package import Conversations
import Foundation
import Gateway

/// Chats as files: one to read or to keep, all of an account to move elsewhere, and a file of ours to take in.
package struct ArchiveRoutes: Sendable {
    private let store: ChatStore
    private let watcher: any ChatWatcher

    package init(store: ChatStore, watcher: any ChatWatcher) {
        self.store = store
        self.watcher = watcher
    }

    package var routes: [Route] {
        [
            Route("GET", "/api/chats/{chat}/export", .account, respond: exportOne),
            Route("GET", "/api/export", .account, respond: exportAll),
            Route("POST", "/api/import", .account, bodyLimit: Limits.importBytes, respond: take),
        ]
    }

    private func exportOne(_ context: SiteContext) async throws -> SiteResponse {
        guard let (chat, messages) = try await store.tree(context.parameter("chat"), owner: context.account.id) else {
            throw SiteError.noChat
        }
        let document = ChatDocument(chat, branch: MessageTree(messages).branch(endingAt: chat.leaf))
        switch context.query("format") ?? "json" {
        case "json":
            return file(chat.title, "json", "application/json", ChatArchive([(chat, messages)]).encoded())
        case "markdown": return file(chat.title, "md", "text/markdown; charset=utf-8", Array(document.markdown.utf8))
        case "text": return file(chat.title, "txt", "text/plain; charset=utf-8", Array(document.text.utf8))
        default: throw SiteError(.invalid, "'format' is one of json, markdown and text.", field: "format")
        }
    }

    private func file(_ title: String, _ ending: String, _ type: String, _ bytes: [UInt8]) -> SiteResponse {
        SiteResponse(
            headers: [
                ("content-type", type),
                ("content-disposition", ExportName(title: title, ending: ending).disposition),
            ], body: .bytes(bytes))
    }

    /// One chat in memory at a time, and each read when the browser has taken the one before. A failure in between
    /// leaves a file that is no JSON, so nobody takes it for whole.
    private func exportAll(_ context: SiteContext) async throws -> SiteResponse {
        let owner = try context.account.id
        let export = ArchiveStream(store: store, owner: owner, ids: try await store.chatIDs(owner: owner))
        let date = Date.now.formatted(.iso8601.year().month().day())
        var response = file("Pronk chats \(date)", "json", "application/json", [])
        response.body = .stream(AsyncStream { await export.next() })
        return response
    }

    private struct Taken: Encodable {
        var chats: Int
    }

    private func take(_ context: SiteContext) async throws -> SiteResponse {
        let archive = try ChatArchive(reading: context.request.body)
        let chats = try await store.take(archive, owner: context.account.id)
        // As many as a list shows; whoever wants to see more asks for more.
        for chat in chats.sorted(by: { $0.updated > $1.updated }).prefix(Limits.chatsOfPage).reversed() {
            watcher.changed(chat)
        }
        return SiteJSON.response(Taken(chats: chats.count))
    }
}

/// All chats of an account as one file, piece by piece.
private actor ArchiveStream {
    private let store: ChatStore
    private let owner: String
    private var ids: ArraySlice<String>
    private var hasBegun = false
    private var separator = ""
    private var hasEnded = false

    init(store: ChatStore, owner: String, ids: [String]) {
        self.store = store
        self.owner = owner
        self.ids = ArraySlice(ids)
    }

    func next() async -> [UInt8]? {
        if !hasBegun {
            hasBegun = true
            return Array("{\"format\":\"\(ChatArchive.format)\",\"version\":\(ChatArchive.version),\"chats\":[".utf8)
        }
        while let id = ids.popFirst() {
            guard let tree = try? await store.tree(id, owner: owner) else {
                // Deleted meanwhile, and passed over; or the database fails, and the file ends here.
                if (try? await store.chat(id, owner: owner)) == .some(nil) { continue }
                hasEnded = true
                return nil
            }
            defer { separator = "," }
            return Array(separator.utf8) + ChatArchive.Entry(tree.chat, tree.messages).encoded()
        }
        defer { hasEnded = true }
        return hasEnded ? nil : Array("]}".utf8)
    }
}
