import FoundationEssentials
import Instances
import TestSupport
import Testing

@Suite("Instance log")
struct LogTests {
    private func write(_ pieces: [[UInt8]], to path: String, fileBytes: Int = 8 << 20, files: Int = 5) -> String? {
        var log = InstanceLog(path: path, fileBytes: fileBytes, files: files)
        for piece in pieces { piece.withUnsafeBytes { log.append($0) } }
        log.finish()
        return log.lastWords
    }

    /// Lines without their times.
    private func texts(_ lines: [String]) -> [String] { lines.map { String($0.dropFirst(25)) } }

    @Test("puts a time before each line, however its bytes come")
    func times() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("new/logs/a.log")
        _ = write(["one\ntw", "o\n\nthr", "ee"].map { Array($0.utf8) }, to: path)
        let lines = LogTail(path: path).last(10)
        #expect(texts(lines) == ["one", "two", "", "three"])
        for line in lines { #expect(line.contains(#/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\s/#)) }
    }

    @Test("cuts long lines, and keeps bytes that are no text away from terminals")
    func hostile() throws {
        let folder = try TemporaryFolder()
        let long = [UInt8](repeating: UInt8(ascii: "a"), count: 3 << 20)
        let words = write([long, Array("\n\u{1B}[2J".utf8), [0xFF, 0, 0xC3, 0x0A]], to: folder.file("log"))
        let lines = LogTail(path: folder.file("log")).last(10)
        #expect(lines.count == 2)
        #expect(lines[0].utf8.count < 17 << 10 && lines[0].hasSuffix("[cut]"))
        #expect(!lines[1].unicodeScalars.contains { $0.value < 32 })
        #expect(words?.contains("[2J") == true)
    }

    @Test("keeps the logs of the youngest instances and of those that run, and finds them by their names")
    func pruning() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.file("logs/a-b"), withIntermediateDirectories: true)
        for number in 1...12 {
            for suffix in ["", ".1"] {
                _ = try folder.write(Array("\(number)\n".utf8), to: "logs/a-b/\(number).log\(suffix)")
            }
        }
        let logs = InstanceLogs(dataFolder: folder.path)
        logs.prune("a-b", keeping: 3, running: [2])
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.file("logs/a-b")).sorted()
        #expect(left == ["10.log", "10.log.1", "11.log", "11.log.1", "12.log", "12.log.1", "2.log", "2.log.1"])
        #expect(logs.services() == ["a-b"])
        #expect(logs.newest(of: "a-b", 2) == [12, 11])
        #expect(logs.tail(named: "a-b")?.last(1) == ["12"])
        #expect(logs.tail(named: "a-b-11")?.last(1) == ["11"])
        for absent in ["a-b-1", "a", "../logs/a-b", "a-b-x", ""] { #expect(logs.tail(named: absent) == nil) }
    }

    @Test("rotates at line ends, keeps so many files, and the tail reads over them")
    func rotation() throws {
        let folder = try TemporaryFolder()
        let all = (0..<1000).map { "line \($0)" }
        let bytes = Array((all.joined(separator: "\n") + "\n").utf8)
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        var pieces: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Int.random(in: 1...5000, using: &generator)
            pieces.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        _ = write(pieces, to: folder.file("log"), fileBytes: 4096, files: 4)
        #expect(try folder.names() == ["log", "log.1", "log.2", "log.3"])
        for name in try folder.names() {
            let content = try Data(contentsOf: URL(filePath: folder.file(name)))
            #expect(content.count <= 4096)
            #expect(content.isEmpty || content.last == 10)
        }
        let tail = LogTail(path: folder.file("log"), files: 4)
        for count in [0, 1, 7, 150, 5000] {
            let lines = texts(tail.last(count))
            #expect(lines == Array(all.suffix(lines.count)))
            #expect(lines.count == min(count, texts(tail.last(5000)).count))
        }
    }

    @Test("follows a log past rotations without losing a line")
    func follow() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("log")
        var log = InstanceLog(path: path, fileBytes: 20_000, files: 5)
        func add(_ range: Range<Int>) {
            for number in range { Array("\(number)\n".utf8).withUnsafeBytes { log.append($0) } }
        }
        add(0..<5)
        var next = 3
        var written = 5
        for await lines in LogTail(path: path).follow(last: 2) {
            for line in texts(lines) {
                guard line == "\(next)" else { return #expect(Bool(false), "\(line) instead of \(next)") }
                next += 1
            }
            // All that was written was seen; then comes more, over two rotations at a time.
            guard next >= written else { continue }
            if written > 5000 { break }
            add(written..<(written + 1000))
            written += 1000
        }
        #expect(next == written)
    }

    @Test("waits for a log that does not exist yet")
    func followNew() async throws {
        let folder = try TemporaryFolder()
        async let first = LogTail(path: folder.file("log")).follow(last: 10).first { _ in true }
        _ = write([Array("hello\n".utf8)], to: folder.file("log"))
        #expect(await texts(first ?? []) == ["hello"])
    }

    @Test("loses lines and nothing else where it cannot write")
    func unwritable() throws {
        let words = write([Array("one\ntwo\nthree\nfour\n\n".utf8)], to: "/proc/nowhere/log")
        #expect(words == "two | three | four")
        #expect(LogTail(path: "/proc/nowhere/log").last(3) == [])
    }
}
