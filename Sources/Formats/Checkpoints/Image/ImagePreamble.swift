/// The first 64 bytes of an image, little-endian:
///
///     0  "PRONKIMG"
///     8  u32 layout version
///    12  u32 bytes of the JSON header, which follows the preamble
///    16  SHA-256 of the header
///    48  u64 bytes of the whole file
///    56  i64 modification time of the source in nanoseconds since 1970; for a folder, a hash of its files' times
///
/// Data starts at the next multiple of 4096 after the header. The source's time is outside of the header, because it is
/// the one thing that changes after packing: a source that was touched but not changed gets its new time noted here.
struct ImagePreamble {
    /// Counts up whenever an older program's images would be misread: a change of packing, order or header.
    static let layoutVersion: UInt32 = 3
    static let byteCount = 64
    static let sourceTimeOffset = 56
    private static let magic = Array("PRONKIMG".utf8)
    private static let page = 4096

    var version = layoutVersion
    var headerBytes: Int
    var headerDigest: [UInt8]
    var fileBytes: Int
    var sourceTime: Int64

    /// Where the data starts.
    static func dataStart(headerBytes: Int) -> Int {
        (byteCount + headerBytes + page - 1) / page * page
    }

    init(headerBytes: Int, headerDigest: [UInt8], fileBytes: Int, sourceTime: Int64) {
        self.headerBytes = headerBytes
        self.headerDigest = headerDigest
        self.fileBytes = fileBytes
        self.sourceTime = sourceTime
    }

    init(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError) {
        guard bytes.count >= Self.byteCount, bytes[..<8].elementsEqual(Self.magic) else {
            throw CheckpointError(.invalidImage, "it is no packed image: it does not start with \"PRONKIMG\"")
        }
        version = UInt32(littleEndian: bytes.load(fromByteOffset: 8, as: UInt32.self))
        headerBytes = Int(UInt32(littleEndian: bytes.load(fromByteOffset: 12, as: UInt32.self)))
        headerDigest = Array(bytes[16..<48])
        let size = UInt64(littleEndian: bytes.load(fromByteOffset: 48, as: UInt64.self))
        sourceTime = Int64(littleEndian: bytes.load(fromByteOffset: Self.sourceTimeOffset, as: Int64.self))
        fileBytes = Int(clamping: size)
        guard fileBytes == bytes.count, headerBytes <= Limits.imageHeaderBytes,
            Self.dataStart(headerBytes: headerBytes) <= fileBytes
        else {
            throw CheckpointError(
                .invalidImage, "it has \(bytes.count) bytes instead of \(size): it is damaged or incomplete")
        }
    }

    func encoded() -> [UInt8] {
        var bytes = Self.magic
        func append(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        append(version)
        append(UInt32(headerBytes))
        bytes += headerDigest
        append(UInt64(fileBytes))
        append(sourceTime)
        return bytes
    }
}
