package import Conversations

/// Hears what pages change of chats, so that the other pages of the same account show it too, and answers of what is
/// gone are no longer written.
package protocol ChatWatcher: Sendable {
    /// New, restored or changed in any way.
    func changed(_ chat: Chat)
    /// Deleted; it may come back within an hour.
    func removed(_ chat: String, owner: String)
}
