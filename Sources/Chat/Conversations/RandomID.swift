internal import Foundation

/// Names of chats, messages and shares: random, so that nobody guesses or counts them.
package enum RandomID {
    package static func make() -> String { UUID().uuidString.lowercased() }

    /// An id that a page chose, in the one form in which ids are compared; nil: it is no UUID.
    package static func normalized(_ text: String) -> String? { UUID(uuidString: text)?.uuidString.lowercased() }

    /// 256 random bits in base64url: whoever holds it needs no other proof.
    static func secret() -> String {
        // The system's generator: SystemRandomNumberGenerator reads getrandom(2).
        var generator = SystemRandomNumberGenerator()
        let bytes = Data((0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) })
        return String(
            bytes.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").prefix { $0 != "=" })
    }
}
