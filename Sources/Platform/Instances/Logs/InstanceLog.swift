import Glibc

/// One instance's log: a file of lines with times, and a few older ones beside it (`….1` is the youngest of them).
///
/// A log that cannot be written loses lines, never the instance: the program's output is read and dropped.
package struct InstanceLog: ~Copyable {
    private let path: String
    private let fileBytes: Int
    private let files: Int
    private var descriptor: Int32 = -1
    private var written = 0
    private var lines = LogLines()
    private var words = LastWords()
    private var buffer: [UInt8] = []
    private var isOpen = false

    package init(path: String, fileBytes: Int = Limits.logFileBytes, files: Int = Limits.logFiles) {
        self.path = path
        self.fileBytes = fileBytes
        self.files = files
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The last lines, in one; nil if there were none.
    package var lastWords: String? { words.text }

    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        words.append(bytes)
        openIfNeeded()
        lines.append(bytes, stamp: LogClock.stamp(), to: &buffer)
        var rest = buffer[...]
        while rest.count > fileBytes - written, let end = lastLineEnd(of: rest) {
            write(rest[...end])
            rotate()
            rest = rest[(end + 1)...]
        }
        write(rest)
        buffer.removeAll(keepingCapacity: true)
    }

    package mutating func finish() {
        lines.finish(&buffer)
        write(buffer[...])
        buffer.removeAll()
    }

    /// Of what fits the file, or else of its first line: a line is never split between files.
    private func lastLineEnd(of bytes: ArraySlice<UInt8>) -> Int? {
        let newline = UInt8(ascii: "\n")
        return bytes.prefix(max(0, fileBytes - written)).lastIndex(of: newline) ?? bytes.firstIndex(of: newline)
    }

    private mutating func openIfNeeded() {
        // Once: a folder that is not there will not come, and this is asked for every piece of output.
        guard !isOpen else { return }
        isOpen = true
        if let slash = path.lastIndex(of: "/") { Folder.makeWithParents(String(path[..<slash])) }
        openFile()
    }

    private mutating func openFile() {
        // Only for the owner: logs may hold private text.
        descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        var status = stat()
        written = descriptor >= 0 && fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    private mutating func rotate() {
        if descriptor >= 0 { close(descriptor) }
        for number in stride(from: files - 1, to: 0, by: -1) {
            rename(number == 1 ? path : "\(path).\(number - 1)", "\(path).\(number)")
        }
        if files == 1 { unlink(path) }
        openFile()
    }

    private mutating func write(_ bytes: ArraySlice<UInt8>) {
        guard descriptor >= 0 else { return }
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            written += count
            rest = rest.dropFirst(count)
        }
    }
}
