internal import Foundation
internal import GRDB
internal import Storage

/// A chat in which something was found, with the best place.
package struct SearchResult: Sendable, Equatable {
    package var chat: Chat
    /// nil: its title.
    package var message: String?
    package var snippet: Snippet
}

extension ChatStore {
    /// What an account's chats say about `query`: one result for each chat, the best first. Newer chats come before
    /// older ones that match as well.
    package func search(_ query: SearchQuery, owner: String, limit: Int) async throws -> [SearchResult] {
        guard !query.isEmpty else { return [] }
        let limit = min(max(limit, 1), Limits.searchResults)
        let now = now()
        let found = try await database.read { connection -> [(candidate: Candidate, chat: Chat, text: String)] in
            var best: [String: Candidate] = [:]
            for isTitle in [true, false] {
                for candidate in try Candidate.all(query, owner: owner, isTitle: isTitle, now: now, in: connection)
                where candidate.score > best[candidate.chat]?.score ?? -1 {
                    best[candidate.chat] = candidate
                }
            }
            return try best.values.sorted { ($0.score, $0.entry) > ($1.score, $1.entry) }.prefix(limit)
                .compactMap { candidate in
                    guard let chat = try ChatTable.find(candidate.chat, owner: owner, in: connection) else {
                        return nil
                    }
                    guard let message = candidate.message else { return (candidate, chat, chat.title) }
                    return try MessageTable.find(message, in: connection).map { (candidate, chat, $0.shownContent) }
                }
        }
        return found.map { candidate, chat, text in
            SearchResult(chat: chat, message: candidate.message, snippet: Snippet(of: text, around: query))
        }
    }
}

/// A text that has all words of a query.
private struct Candidate {
    var entry: Int
    var chat: String
    var message: String?
    var score: Double

    static func all(
        _ query: SearchQuery, owner: String, isTitle: Bool, now: Int, in connection: Connection
    ) throws -> [Candidate] {
        // CROSS JOIN: the index comes first. It gives its newest entries first, so that a word which stands everywhere
        // costs no more than the bound.
        let statement = try connection.cachedStatement(
            sql: """
                SELECT entry.number, entry.chat, entry.message, chat.updated, bm25(search_token, 0, 1, 1) AS rank
                FROM search_token
                CROSS JOIN search_entry AS entry ON entry.number = search_token.rowid
                CROSS JOIN chat ON chat.id = entry.chat
                WHERE search_token MATCH ? AND chat.owner = ? AND chat.deleted IS NULL
                ORDER BY search_token.rowid DESC LIMIT ?
                """)
        let match = query.match(scope: SearchIndex.scope(owner: owner, isTitle: isTitle))
        return try Row.fetchAll(statement, arguments: [match, owner, Limits.searchCandidates]).map { row in
            let days = Double(max(now - (row["updated"] as Int), 0)) / 86_400_000
            // A chat of today counts three times as much as one of long ago; a month halves the difference.
            let recency = 1 + 2 * exp2(-days / 30)
            // bm25 is the smaller the better, and nearly zero for a word that stands everywhere.
            let match = max(-(row["rank"] as Double), 0) + 1e-9
            return Candidate(
                entry: row["number"], chat: row["chat"], message: row["message"],
                score: match * recency * (isTitle ? 2 : 1))
        }
    }
}
