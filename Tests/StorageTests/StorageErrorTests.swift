import Foundation
import GRDB
import Storage
import TestSupport
import Testing

@Suite("What storage says when it cannot")
struct StorageErrorTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func code(opening path: String) -> StorageError.Code? {
        do {
            _ = try Storage.Database(path: path, modules: [DatabaseTests.notes])
            return nil
        } catch {
            return (error as? StorageError)?.code
        }
    }

    @Test("tells files that are no database from paths where none can be")
    func unusablePaths() throws {
        let text = try folder.write(Array(String(repeating: "no database ", count: 100).utf8), to: "text")
        #expect(code(opening: text) == .notADatabase)
        #expect(code(opening: folder.path) == .cannotOpen)
        #expect(code(opening: text + "/below.db") == .cannotOpen)
        #expect(code(opening: "/proc/pronk.db") != nil)
        #expect(code(opening: folder.file("new/folders/a.db")) == nil)
    }

    @Test("tells a file that may not be written", .enabled(if: geteuid() != 0, "root may write everything"))
    func notWritable() throws {
        let path = try folder.write([], to: "a.db")
        chmod(path, 0o400)
        #expect(code(opening: path) == .notWritable)
    }

    @Test("tells a full disk, and goes on when there is room again")
    func diskFull() throws {
        let database = try Storage.Database(path: folder.file("a.db"), modules: [DatabaseTests.notes])
        let insert: (Connection) throws -> Void = {
            try $0.execute(sql: "INSERT INTO note VALUES (?)", arguments: [String(repeating: "a", count: 100_000)])
        }
        try database.write { try $0.execute(sql: "PRAGMA max_page_count = 8") }
        let error = #expect(throws: StorageError.self) { try database.write(insert) }
        #expect(error?.code == .diskFull)
        try database.write { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
        try database.write(insert)
        #expect(try database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM note") } == 1)
    }

    @Test("tells a lock that does not go away, and how long it waited")
    func locked() throws {
        let path = folder.file("a.db")
        let holder = try Storage.Database(path: path, modules: [DatabaseTests.notes])
        let other = try Storage.Database(path: path, modules: [DatabaseTests.notes])
        try other.write { try $0.execute(sql: "PRAGMA busy_timeout = 10") }
        try holder.write { _ in
            let error = #expect(throws: StorageError.self) { try other.write { _ in } }
            #expect(error?.code == .locked)
        }
    }

    @Test("tells a damaged file")
    func damaged() throws {
        let path = folder.file("a.db")
        do {
            let database = try Storage.Database(path: path, modules: [DatabaseTests.notes])
            try database.write { connection in
                for index in 0..<2_000 {
                    try connection.execute(sql: "INSERT INTO note VALUES (?)", arguments: ["a note of \(index)"])
                }
            }
        }
        var bytes = try Data(contentsOf: URL(filePath: path))
        #expect(bytes.count > 16_384)
        for index in 4_096..<bytes.count { bytes[index] = 0xa5 }
        try bytes.write(to: URL(filePath: path))
        let error = #expect(throws: StorageError.self) {
            let database = try Storage.Database(path: path, modules: [DatabaseTests.notes])
            _ = try database.read { try String.fetchAll($0, sql: "SELECT text FROM note") }
        }
        #expect(error?.code == .damaged)
    }
}
