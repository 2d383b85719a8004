internal import Crypto
internal import FoundationEssentials

/// Random text: secrets of keys, sessions and links, and ids that are no secret.
enum Token {
    /// A secret: 32 random bytes in base64url.
    static func random() -> String {
        // The system's generator: SystemRandomNumberGenerator reads getrandom(2).
        var generator = SystemRandomNumberGenerator()
        let bytes = Data((0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) })
        let text = bytes.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
        return String(text.prefix { $0 != "=" })
    }

    /// `prefix` and twelve letters or digits: 71 bits, so that two never meet.
    static func randomID(prefix: String) -> String {
        let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
        var generator = SystemRandomNumberGenerator()
        return prefix + String((0..<12).map { _ in alphabet[Int.random(in: 0..<62, using: &generator)] })
    }
}

/// SHA-256 of a token: what is stored and looked up instead of it.
///
/// A token is 256 random bits, so there is nothing to guess, and a slow password hash would only slow down every
/// request. Looking it up by its hash leaks no more by its time than how a hash of the attacker's own begins, and
/// nobody can steer a hash towards a stored one: comparing tokens in constant time comes for free.
struct TokenDigest: Hashable, Sendable {
    private var words: (UInt64, UInt64, UInt64, UInt64)

    init(of token: String) {
        var token = token
        let digest = token.withUTF8 { SHA256.hash(data: $0) }
        words = digest.withUnsafeBytes { Self.words($0) }
    }

    /// nil: not 32 bytes.
    init?(bytes: [UInt8]) {
        guard bytes.count == SHA256.byteCount else { return nil }
        words = bytes.withUnsafeBytes { Self.words($0) }
    }

    var bytes: [UInt8] { withUnsafeBytes(of: words) { Array($0) } }

    private static func words(_ bytes: UnsafeRawBufferPointer) -> (UInt64, UInt64, UInt64, UInt64) {
        func word(_ index: Int) -> UInt64 { bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self) }
        return (word(0), word(1), word(2), word(3))
    }

    static func == (a: Self, b: Self) -> Bool { a.words == b.words }
    func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }
}
