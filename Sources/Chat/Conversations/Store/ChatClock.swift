internal import Foundation

/// The time of day as chats know it.
package enum ChatClock {
    /// Milliseconds since 1970.
    @Sendable package static func milliseconds() -> Int { Int(Date().timeIntervalSince1970 * 1_000) }
}
