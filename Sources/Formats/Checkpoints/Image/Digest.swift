import Crypto

/// SHA-256 in lower-case hexadecimal, as `sha256sum` prints it.
enum Digest {
    /// Stands for a digest that is not known yet, in as many characters.
    static let placeholder = String(repeating: "0", count: 64)

    static func of(_ bytes: UnsafeRawBufferPointer) -> String { hexadecimal(sha256(bytes)) }

    static func of(_ bytes: [UInt8]) -> String { bytes.withUnsafeBytes { of($0) } }

    static func sha256(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var hash = SHA256()
        hash.update(bufferPointer: bytes)
        return Array(hash.finalize())
    }

    /// The digest of many bytes, step by step, because that takes seconds for large files.
    static func of(_ bytes: UnsafeRawBufferPointer, progress: (_ bytesDone: Int) -> Void) -> String {
        let step = 16 << 20
        var hash = SHA256()
        for start in stride(from: 0, to: bytes.count, by: step) {
            let end = min(start + step, bytes.count)
            hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
            progress(end)
        }
        return hexadecimal(Array(hash.finalize()))
    }

    static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
