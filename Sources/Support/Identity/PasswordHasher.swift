internal import Foundation
internal import Synchronization

/// Hashes passwords away from the tasks' threads, a few at a time.
///
/// A hash takes a core for a tenth of a second, and much memory by design. However many sign in at once, half of the
/// cores stay free for the models; whoever would have to wait for seconds is sent away instead.
package final class PasswordHasher: Sendable {
    /// Of a password and a salt; blocks its thread.
    package typealias Derivation =
        @Sendable (_ password: [UInt8], _ salt: [UInt8], _ cost: PasswordCost) throws -> [UInt8]

    private let cost: PasswordCost
    private let derivation: Derivation
    private let queue = OperationQueue()
    private let unfinished = Mutex(0)

    package init(cost: PasswordCost = .standard, derivation: @escaping Derivation = PasswordHasher.scrypt) {
        self.cost = cost
        self.derivation = derivation
        queue.name = "passwords"
        let cores = ProcessInfo.processInfo.activeProcessorCount
        queue.maxConcurrentOperationCount = max(1, min(Limits.hashesAtATime, cores / 2))
    }

    /// A new salt each time.
    func hash(_ password: String) async throws -> String {
        var generator = SystemRandomNumberGenerator()
        let salt = (0..<PasswordHash.saltBytes).map { _ in UInt8.random(in: 0...255, using: &generator) }
        return PasswordHash(cost: cost, salt: salt, bytes: try await derive(password, salt, cost)).text
    }

    /// - Parameter stored: nil for a name that nobody has: it takes as long as a wrong password, so that no clock tells
    ///   who has an account.
    func matches(_ password: String, _ stored: String?) async throws -> Bool {
        guard let hash = stored.flatMap({ PasswordHash($0) }) else {
            _ = try await derive(password, Self.nobodysSalt, cost)
            return false
        }
        return hash.agrees(with: try await derive(password, hash.salt, hash.cost))
    }

    /// Whether a password should be hashed again, by today's cost.
    func isOutdated(_ stored: String) -> Bool { PasswordHash(stored)?.cost != cost }

    private static let nobodysSalt = [UInt8](repeating: 0, count: PasswordHash.saltBytes)

    private func derive(_ password: String, _ salt: [UInt8], _ cost: PasswordCost) async throws -> [UInt8] {
        let isAdmitted = unfinished.withLock { unfinished in
            guard unfinished < Limits.waitingHashes else { return false }
            unfinished += 1
            return true
        }
        guard isAdmitted else {
            throw IdentityError(.busy, "Too many people sign in at this moment. Try again soon.", retryAfter: 5)
        }
        let bytes = Self.bytes(of: password)
        return try await withCheckedThrowingContinuation { continuation in
            queue.addOperation { [self] in
                let result = Result { try derivation(bytes, salt, cost) }
                unfinished.withLock { $0 -= 1 }
                continuation.resume(with: result)
            }
        }
    }

    /// Keyboards compose letters differently, so the composed form counts (RFC 8265, OpaqueString). Never empty, which
    /// the library cannot take, and never longer than a password may be: both are nobody's.
    private static func bytes(of password: String) -> [UInt8] {
        let bytes = Array(password.precomposedStringWithCanonicalMapping.utf8)
        return bytes.isEmpty || bytes.count > Limits.passwordBytes ? [0] : bytes
    }
}

extension PasswordHasher {
    /// Throws what is wrong with a new password.
    static func check(_ password: String, name: AccountName) throws(IdentityError) {
        let composed = password.precomposedStringWithCanonicalMapping
        guard composed.unicodeScalars.count >= Limits.passwordScalars else {
            throw IdentityError(.weakPassword, "A password has at least \(Limits.passwordScalars) characters.")
        }
        guard composed.utf8.count <= Limits.passwordBytes else {
            throw IdentityError(.weakPassword, "A password has at most \(Limits.passwordBytes) bytes.")
        }
        guard AccountName.folded(composed) != name.folded, Set(composed.unicodeScalars).count > 2 else {
            throw IdentityError(
                .weakPassword, "This is the first that anybody would try: neither the name nor one letter repeated.")
        }
    }
}
