internal import Crypto
internal import CryptoExtras
internal import Foundation

/// How much work and memory one password costs (RFC 7914).
package struct PasswordCost: Sendable, Equatable {
    /// N as a power of two.
    package var logarithm: Int
    package var blockSize: Int
    package var parallelism: Int

    package init(logarithm: Int, blockSize: Int, parallelism: Int) {
        self.logarithm = logarithm
        self.blockSize = blockSize
        self.parallelism = parallelism
    }

    /// 32 MiB and about 70 ms on one core of a small server: a guesser's graphics card holds few of them at a time, a
    /// person does not notice, and two at a time leave a small server its memory. It is also just above the size up to
    /// which glibc keeps freed memory for itself, so that each hash gives its memory back at once.
    package static let standard = PasswordCost(logarithm: 15, blockSize: 8, parallelism: 1)
}

/// What is stored of a password, as the text `$scrypt$ln=15,r=8,p=1$salt$hash`: the parameters stand beside the hash,
/// so that later ones can be stronger.
struct PasswordHash: Sendable, Equatable {
    var cost: PasswordCost
    var salt: [UInt8]
    var bytes: [UInt8]

    static let saltBytes = 16
    static let hashBytes = 32

    init(cost: PasswordCost, salt: [UInt8], bytes: [UInt8]) {
        self.cost = cost
        self.salt = salt
        self.bytes = bytes
    }

    /// nil: not such a text.
    init?(_ text: String) {
        let fields = text.split(separator: "$")
        guard fields.count == 4, fields[0] == "scrypt",
            let match = fields[1].wholeMatch(of: /ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})/),
            let logarithm = Int(match.1), let blockSize = Int(match.2), let parallelism = Int(match.3),
            let salt = Data(base64Encoded: String(fields[2])), let bytes = Data(base64Encoded: String(fields[3])),
            !salt.isEmpty, bytes.count == Self.hashBytes
        else { return nil }
        cost = PasswordCost(logarithm: logarithm, blockSize: blockSize, parallelism: parallelism)
        self.salt = Array(salt)
        self.bytes = Array(bytes)
    }

    var text: String {
        "$scrypt$ln=\(cost.logarithm),r=\(cost.blockSize),p=\(cost.parallelism)"
            + "$\(Data(salt).base64EncodedString())$\(Data(bytes).base64EncodedString())"
    }

    /// In a time that does not tell how many bytes agree.
    func agrees(with other: [UInt8]) -> Bool {
        guard bytes.count == other.count else { return false }
        return zip(bytes, other).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

extension PasswordHasher {
    /// The slow step itself.
    @Sendable package static func scrypt(_ password: [UInt8], salt: [UInt8], cost: PasswordCost) throws -> [UInt8] {
        let key = try KDF.Scrypt.deriveKey(
            from: password, salt: salt, outputByteCount: PasswordHash.hashBytes, rounds: 1 << cost.logarithm,
            blockSize: cost.blockSize, parallelism: cost.parallelism)
        return key.withUnsafeBytes { Array($0) }
    }
}
