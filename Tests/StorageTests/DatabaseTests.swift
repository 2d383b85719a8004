import Dispatch
import Foundation
import GRDB
import Storage
import Synchronization
import TestSupport
import Testing

@Suite("Database")
struct DatabaseTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    static let notes = SchemaModule(
        name: "notes", steps: [{ try $0.execute(sql: "CREATE TABLE note (text TEXT NOT NULL) STRICT") }])

    private func open(_ modules: [SchemaModule] = [notes]) throws -> Storage.Database {
        try Storage.Database(path: folder.file("a.db"), modules: modules)
    }

    private func texts(_ database: Storage.Database) throws -> [String] {
        try database.read { try String.fetchAll($0, sql: "SELECT text FROM note ORDER BY text") }
    }

    @Test("keeps what was written, in a file that only its owner reads, with durable settings")
    func keeps() throws {
        do {
            let database = try open()
            try database.write { try $0.execute(sql: "INSERT INTO note VALUES ('a')") }
            let settings = try database.write { connection in
                try ["journal_mode", "synchronous", "foreign_keys"].map {
                    try String.fetchOne(connection, sql: "PRAGMA \($0)")
                }
            }
            #expect(settings == ["wal", "2", "1"])
        }
        #expect(try texts(open()) == ["a"])
        for name in try folder.names() {
            let mode = try FileManager.default.attributesOfItem(atPath: folder.file(name))[.posixPermissions] as? Int
            #expect(mode == 0o600, "\(name)")
        }
    }

    @Test("a transaction that throws leaves nothing behind")
    func rollsBack() throws {
        let database = try open()
        #expect(throws: CancellationError.self) {
            try database.write {
                try $0.execute(sql: "INSERT INTO note VALUES ('a')")
                throw CancellationError()
            }
        }
        #expect(try texts(database) == [])
    }

    @Test("modules come and grow independently of each other, each step once")
    func modulesGrow() throws {
        let others = SchemaModule(name: "others", steps: [{ try $0.execute(sql: "CREATE TABLE other (a) ") }])
        var grown = Self.notes
        grown.steps.append { try $0.execute(sql: "ALTER TABLE note ADD COLUMN author TEXT") }
        _ = try open()
        _ = try open([others])
        _ = try open([grown, others])
        let database = try open([grown])
        try database.write { try $0.execute(sql: "INSERT INTO note (text, author) VALUES ('a', 'b')") }
        #expect(try texts(database) == ["a"])
    }

    @Test("refuses tables of a newer program, and says so")
    func refusesNewer() throws {
        var grown = Self.notes
        grown.steps.append { try $0.execute(sql: "ALTER TABLE note ADD COLUMN author TEXT") }
        _ = try open([grown])
        let error = #expect(throws: StorageError.self) { try open() }
        #expect(error?.code == .newerSchema)
        #expect(error?.message.contains("notes is at version 2, this program knows 1") == true)
    }

    @Test("a step that fails leaves the file as it was")
    func failedStep() throws {
        _ = try open()
        var broken = Self.notes
        broken.steps.append { try $0.execute(sql: "CREATE TABLE half (a)") }
        broken.steps.append { try $0.execute(sql: "nonsense") }
        #expect(throws: StorageError.self) { try open([broken]) }
        let database = try open()
        #expect(try database.read { try $0.tableExists("half") } == false)
    }

    @Test("many that open a new file at the same moment all succeed", arguments: 1...5)
    func openTogether(round: Int) throws {
        let path = folder.file("together-\(round).db")
        let errors = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 8) { index in
            do {
                let database = try Storage.Database(path: path, modules: [Self.notes])
                try database.write { try $0.execute(sql: "INSERT INTO note VALUES (?)", arguments: ["\(index)"]) }
            } catch {
                errors.withLock { $0.append("\(error)") }
            }
        }
        #expect(errors.withLock { $0 } == [])
        #expect(try texts(Storage.Database(path: path, modules: [])).count == 8)
    }

    @Test("one reads beside another's open transaction, and sees what was committed before")
    func readsBesideWriter() throws {
        let writer = try open()
        let reader = try open()
        try writer.write {
            try $0.execute(sql: "INSERT INTO note VALUES ('a')")
            #expect(try texts(reader) == [])
        }
        #expect(try texts(reader) == ["a"])
    }
}
