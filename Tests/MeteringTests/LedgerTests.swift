import Dispatch
import Foundation
import GRDB
import Metering
import Storage
import Synchronization
import TestSupport
import Testing

@Suite("Ledger")
struct LedgerTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func database(_ name: String = "a.db") throws -> Storage.Database {
        try Storage.Database(path: folder.file(name), modules: [Ledger.schema])
    }

    private func count(_ database: Storage.Database) throws -> Int {
        try database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM request") ?? -1 }
    }

    @Test("what was told is there after a flush, to the last field, and the same request counts once")
    func keeps() async throws {
        let ledger = try Ledger(database: database()) { _ in }
        let entry = Sample.request("r1", caller: "key_1", time: 1_800_000_000.123456, generated: 99)
        ledger.append(entry)
        ledger.append(Sample.request("r2"))
        ledger.append(entry)
        try await ledger.flush()
        #expect(ledger.backlog == (0, 0))
        let other = try database()
        #expect(try count(other) == 2)
        #expect(try Ledger.request("r1", in: other) == entry)
        #expect(try Ledger.request("r3", in: other) == nil)
    }

    @Test("entries are written by themselves", .timeLimit(.minutes(1)))
    func writesByItself() async throws {
        let ledger = try Ledger(database: database()) { _ in }
        let other = try database()
        for round in 1...3 {
            ledger.append(Sample.request("r\(round)"))
            while try count(other) < round { await Task.yield() }
        }
        ledger.instance("a-7", of: "a", became: .starting)
        while try Ledger.lastInstanceNumbers(in: other) != ["a": 7] { await Task.yield() }
    }

    @Test("a hundred thousand entries from many threads all arrive, beside another process that writes")
    func many() async throws {
        let ledger = try Ledger(database: database()) { Issue.record("\($0)") }
        let other = try database()
        try await other.write { try $0.execute(sql: "CREATE TABLE other (a)") }
        let writing = Task.detached {
            for index in 0..<50 {
                try await other.write { try $0.execute(sql: "INSERT INTO other VALUES (?)", arguments: [index]) }
                await Task.yield()
            }
        }
        DispatchQueue.concurrentPerform(iterations: 10) { thread in
            for index in 0..<10_000 { ledger.append(Sample.request("r\(thread)-\(index)")) }
        }
        try await ledger.flush()
        try await writing.value
        #expect(try count(other) == 100_000)
        #expect(ledger.backlog == (0, 0))
    }

    @Test("a full disk loses nothing: entries wait and are written when there is room", .timeLimit(.minutes(1)))
    func diskFull() async throws {
        let notices = Mutex<[LedgerNotice]>([])
        let database = try database()
        let ledger = try Ledger(database: database) { notice in notices.withLock { $0.append(notice) } }
        try await database.write { try $0.execute(sql: "PRAGMA max_page_count = 20") }
        for index in 0..<2_000 { ledger.append(Sample.request("r\(index)")) }
        let error = await #expect(throws: StorageError.self) { try await ledger.flush() }
        #expect(error?.code == .diskFull)
        #expect(ledger.backlog.pending > 0)
        try await database.write { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
        while ledger.backlog.pending > 0 { await Task.yield() }
        #expect(try count(database) == 2_000)
        while notices.withLock({ $0.count }) < 2 { await Task.yield() }
        let heard = notices.withLock { $0 }
        #expect(heard.count == 2)
        guard case .failing(let first, _, lost: 0) = heard.first else {
            Issue.record("\(heard)")
            return
        }
        #expect(first.code == .diskFull)
        #expect(heard.last == .recovered(lost: 0))
    }

    @Test("a log that is torn anywhere costs only the last groups, and the file opens", arguments: 1...20)
    func tornTail(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let database = try database()
        let ledger = try Ledger(database: database) { _ in }
        var sizes: [(log: Int, entries: Int)] = []
        for group in 0..<20 {
            for index in 0..<50 { ledger.append(Sample.request("r\(group)-\(index)")) }
            try await ledger.flush()
            sizes.append((try Data(contentsOf: URL(filePath: folder.file("a.db-wal"))).count, 50 * (group + 1)))
        }
        let log = try Data(contentsOf: URL(filePath: folder.file("a.db-wal")))
        let length = Int.random(in: 0...log.count, using: &generator)
        var torn = Data(log.prefix(length))
        // What a disk may leave behind the last block that it wrote.
        for _ in 0..<Int.random(in: 0...5_000, using: &generator) {
            torn.append(UInt8.random(in: 0...255, using: &generator))
        }
        try FileManager.default.copyItem(atPath: folder.file("a.db"), toPath: folder.file("b.db"))
        try torn.write(to: URL(filePath: folder.file("b.db-wal")))
        let opened = try self.database("b.db")
        let whole = sizes.last { $0.log <= length }?.entries ?? 0
        #expect(try count(opened) >= whole, "seed \(seed)")
        #expect(try count(opened) % 50 == 0, "seed \(seed)")
        #expect(
            try await opened.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") } == ["ok"], "seed \(seed)")
    }

    @Test("texts and numbers that make no sense are stored as well as they can be")
    func strange() async throws {
        let ledger = try Ledger(database: database()) { _ in }
        var entry = Sample.request(String(repeating: "é", count: 500), time: .infinity)
        entry.duration = .nan
        entry.waited = 1e300
        ledger.append(entry)
        try await ledger.flush()
        #expect(try count(database()) == 1)
    }

    @Test("terms are written when they change, and remembered across restarts")
    func terms() async throws {
        let price = InstancePrice(perInstanceHour: 2.83, currency: "CNY")
        for minimum in [0, 0, 1] {
            let ledger = try Ledger(database: database()) { _ in }
            for _ in 0..<3 { ledger.setTerms(of: "a", minimumInstances: minimum, price: price) }
            try await ledger.flush()
        }
        let rows = try database().read { try Row.fetchAll($0, sql: "SELECT minimum, price FROM service_terms") }
        #expect(rows.map { $0["minimum"] as Int } == [0, 1])
        #expect(rows.map { $0["price"] as Int } == [2_830_000, 2_830_000])
    }
}
