import Crypto
import Foundation

/// SHA-256 of files too large to hold in memory.
enum FileDigest {
    private static let pieceBytes = 4 << 20

    /// The digest in lower-case hexadecimal.
    static func sha256(ofFile path: String) throws(ModelSourceError) -> String {
        do {
            let file = try FileHandle(forReadingFrom: URL(filePath: path))
            defer { try? file.close() }
            var hash = SHA256()
            while let piece = try file.read(upToCount: pieceBytes), !piece.isEmpty { hash.update(data: piece) }
            return hash.finalize().map { byte in
                let text = String(byte, radix: 16)
                return text.count == 1 ? "0" + text : text
            }.joined()
        } catch {
            throw ModelSourceError(.fileSystem, "\(path) cannot be read: \(error)")
        }
    }
}
