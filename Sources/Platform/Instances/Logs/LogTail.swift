import Glibc

/// Reads an instance's log over its rotated files, from the end.
package struct LogTail: Sendable {
    let path: String
    let files: Int

    package init(path: String, files: Int = Limits.logFiles) {
        self.path = path
        self.files = files
    }

    /// The last lines, oldest first; fewer if there are no more. Text that terminals would obey is replaced.
    package func last(_ count: Int) -> [String] {
        guard let file = LogFile(path) else { return [] }
        return last(count, in: file, end: file.size)
    }

    /// The same, as if the youngest file were `file` and had this end.
    func last(_ count: Int, in file: LogFile, end: Int) -> [String] {
        let count = min(count, Limits.tailLines)
        var lines = file.last(count, before: end)
        for number in 1..<max(files, 1) where lines.count < count {
            guard let older = LogFile(name(number)) else { break }
            // Rotated since it was opened: what is in it is counted.
            if older.identity == file.identity { continue }
            lines = older.last(count - lines.count, before: older.size) + lines
        }
        return lines
    }

    /// New lines as they come, after the last `count`. Ends with the task; a log that does not exist yet is waited for.
    package func follow(last count: Int = 0) -> AsyncStream<[String]> {
        AsyncStream { continuation in
            let task = Task {
                var follower = LogFollower(tail: self)
                let past = follower.begin(last: count)
                if !past.isEmpty { continuation.yield(past) }
                while !Task.isCancelled {
                    let lines = follower.next()
                    if lines.isEmpty {
                        try? await Task.sleep(for: Limits.followPause)
                    } else {
                        continuation.yield(lines)
                    }
                }
                continuation.finish()
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    /// The file's name: 0 is the one that is written to.
    func name(_ number: Int) -> String { number == 0 ? path : "\(path).\(number)" }
}

/// A place in a log that moves to its end, also past rotations.
private struct LogFollower {
    let tail: LogTail
    private var file: LogFile?
    private var offset = 0
    private var open: [UInt8] = []

    init(tail: LogTail) { self.tail = tail }

    mutating func begin(last count: Int) -> [String] {
        // One that does not exist yet is read from its beginning once it does.
        guard let file = LogFile(tail.path) else { return [] }
        self.file = file
        offset = file.wholeLines
        return tail.last(count, in: file, end: offset)
    }

    /// What has come since the last call, at most one read's worth.
    mutating func next() -> [String] {
        guard let file else {
            self.file = LogFile(tail.path)
            return []
        }
        let bytes = file.read(at: offset, count: Limits.readBytes)
        guard bytes.isEmpty else {
            offset += bytes.count
            return takeLines(bytes)
        }
        // At its end: a younger file, if there is one, is read from its beginning.
        guard let younger = younger(than: file) else { return [] }
        self.file = younger
        offset = 0
        return []
    }

    private mutating func takeLines(_ bytes: [UInt8]) -> [String] {
        open += bytes
        guard let newline = open.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
        let lines = open[..<newline].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        open = Array(open[(newline + 1)...])
        return lines.map { PlainText.make($0) }
    }

    private func younger(than file: LogFile) -> LogFile? {
        guard let youngest = LogFile(tail.path), youngest.identity != file.identity else { return nil }
        for number in 1..<max(tail.files, 2) {
            guard let candidate = LogFile(tail.name(number)) else { break }
            if candidate.identity == file.identity { return LogFile(tail.name(number - 1)) }
        }
        // Rotated away while nobody looked: the oldest that is left comes next.
        let oldest = (0..<tail.files).last { LogFile(tail.name($0)) != nil }
        return oldest.flatMap { LogFile(tail.name($0)) }
    }
}

/// One open file of a log.
final class LogFile: Sendable {
    struct Identity: Equatable {
        let device: UInt
        let number: UInt
    }

    private let descriptor: Int32

    init?(_ path: String) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        if descriptor < 0 { return nil }
    }

    deinit { close(descriptor) }

    var identity: Identity {
        var status = stat()
        fstat(descriptor, &status)
        return Identity(device: UInt(status.st_dev), number: UInt(status.st_ino))
    }

    var size: Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Bytes up to the last line end.
    var wholeLines: Int {
        var end = size
        while end > 0 {
            let start = max(0, end - Limits.readBytes)
            let bytes = read(at: start, count: end - start)
            if let newline = bytes.lastIndex(of: UInt8(ascii: "\n")) { return start + newline + 1 }
            end = start
        }
        return 0
    }

    func read(at offset: Int, count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = max(0, pread(descriptor, buffer.baseAddress, count, offset))
        }
    }

    /// The last lines before a place, oldest first; one that has no end yet counts.
    func last(_ count: Int, before end: Int) -> [String] {
        var lines: [String] = []
        var open: [UInt8] = []
        var end = end
        var isFirst = true
        while end > 0, lines.count < count {
            let start = max(0, end - Limits.readBytes)
            var parts = (read(at: start, count: end - start) + open).split(
                separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            if isFirst, parts.last?.isEmpty == true { parts.removeLast() }
            isFirst = false
            open = start > 0 ? Array(parts.removeFirst()) : []
            lines.insert(contentsOf: parts.suffix(count - lines.count).map { PlainText.make($0) }, at: 0)
            end = start
        }
        return lines
    }
}
