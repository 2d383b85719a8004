import FoundationEssentials
import Glibc

extension PackedImage {
    /// Whether the checkpoint at `path` still has the sizes and the times that it had when it was packed or last
    /// compared.
    func hasSourceStamp(of path: String) -> Bool {
        guard let stamp = SourceStamp(path: path, files: header.source.files) else { return false }
        return stamp.byteCount == header.source.byteCount && stamp.time == preamble.sourceTime
    }

    /// Notes a new time of a source whose content has not changed, so that it need not be hashed again next time.
    ///
    /// The only write into a finished image: eight aligned bytes that nothing else depends on. If it fails, the source
    /// is hashed again.
    func noteSourceTime(_ time: Int64) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        withUnsafeBytes(of: time.littleEndian) { bytes in
            _ = pwrite(descriptor, bytes.baseAddress, bytes.count, ImagePreamble.sourceTimeOffset)
        }
        close(descriptor)
    }

    static func absolutePath(_ path: String) -> String { URL(filePath: path).standardizedFileURL.path }
}
