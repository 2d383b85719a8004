/// A position in little-endian bytes from an untrusted file: every read is checked against what is left.
struct ByteReader {
    let bytes: UnsafeRawBufferPointer
    private(set) var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var remaining: Int { bytes.count - offset }

    mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(
        _ type: T.Type, _ what: @autoclosure () -> String
    ) throws(CheckpointError) -> T {
        guard remaining >= MemoryLayout<T>.size else { throw truncated(what()) }
        defer { offset += MemoryLayout<T>.size }
        return T(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self))
    }

    /// The next `count` bytes, without a copy.
    mutating func take(
        _ count: UInt64, _ what: @autoclosure () -> String
    ) throws(CheckpointError) -> UnsafeRawBufferPointer {
        guard count <= UInt64(remaining) else { throw truncated(what()) }
        defer { offset += Int(count) }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + Int(count)])
    }

    /// A string's bytes: a 64-bit length, then as many bytes.
    mutating func stringBytes(
        limit: Int, _ what: @autoclosure () -> String
    ) throws(CheckpointError) -> UnsafeRawBufferPointer {
        let count = try integer(UInt64.self, what())
        guard count <= UInt64(remaining) else {
            throw CheckpointError(
                .truncated,
                "\(what()) claims a length of \(count) bytes, but only \(remaining) are left in the file: "
                    + "it is damaged or incomplete, download it again")
        }
        guard count <= UInt64(limit) else {
            throw CheckpointError(.limitExceeded, "\(what()) is \(count) bytes long, more than the limit of \(limit)")
        }
        return try take(count, what())
    }

    private func truncated(_ what: String) -> CheckpointError {
        CheckpointError(
            .truncated,
            "the file ends at byte \(bytes.count) inside \(what): it is damaged or incomplete, download it again")
    }
}
