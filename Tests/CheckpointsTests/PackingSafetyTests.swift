import Checkpoints
import FoundationEssentials
import Glibc
import TestSupport
import Testing

@Suite("Packing")
struct PackingSafetyTests {
    @Test("by many at once leaves one valid file and nothing else")
    func concurrent() async throws {
        let folder = try TemporaryFolder()
        let bytes = TinyModel(type: 12).build()
        let target = folder.file("m.pronk")
        try await withThrowingTaskGroup { group in
            for _ in 0..<8 {
                group.addTask { try PackedImage.pack(open(bytes), to: target) }
            }
            try await group.waitForAll()
        }
        try PackedImage(path: target).verify()
        #expect(try folder.names() == ["m.pronk"])
    }

    @Test("into a store by many at once packs once")
    func concurrentAdd() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(TinyModel(type: 12).build(), to: "m.gguf")
        let store = try ModelStore(directory: folder.file("models"))
        let packs = try await withThrowingTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    var isPacking = false
                    try store.add(path: path) { _ in isPacking = true }.verify()
                    return isPacking ? 1 : 0
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(packs == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: store.directory) == ["m.pronk"])
    }

    @Test("sweeps away what a killed process left, and not what a living one is writing")
    func abandoned() throws {
        let folder = try TemporaryFolder()
        let store = try ModelStore(directory: folder.file("models"))
        let dead = store.directory + "/.m.pronk.1-2.partial", living = store.directory + "/.m.pronk.3-4.partial"
        try Data([1, 2, 3]).write(to: URL(filePath: dead))
        let descriptor = Glibc.open(living, O_RDWR | O_CREAT, 0o644)
        defer { close(descriptor) }
        #expect(flock(descriptor, LOCK_EX) == 0)
        _ = try store.add(path: folder.write(TinyModel().build(), to: "m.gguf"))
        let names = try FileManager.default.contentsOfDirectory(atPath: store.directory).sorted()
        #expect(names == [".m.pronk.3-4.partial", "m.pronk"])
    }

    @Test("into a folder that is missing or cannot be written is an error that names the file")
    func unwritable() throws {
        let folder = try TemporaryFolder()
        let error = checkpointError {
            try PackedImage.pack(open(TinyModel().build()), to: folder.file("none/m.pronk"))
        }
        #expect(error?.code == .unwritable)
        #expect(error?.message.contains("none/m.pronk") == true)
    }

    /// A real full disk: a file system of 64 kB.
    @Test(
        "onto a full disk fails at once with a clear error and leaves nothing",
        .enabled(if: TinyDisk.isAvailable, "mounting a small file system needs root"))
    func fullDisk() throws {
        let disk = try TinyDisk(byteCount: 65_536)
        var calls = 0
        let error = checkpointError {
            try PackedImage.pack(open(TinyModel(type: 0).build()), to: disk.folder.file("m.pronk")) { _ in calls += 1 }
        }
        #expect(error?.code == .diskFull)
        #expect(error?.message.contains("no room for \(disk.folder.file("m.pronk"))") == true)
        #expect(calls == 0, "room is reserved before any work")
        #expect(try disk.folder.names() == [])
    }

    /// The same without root: a limit on the size of files. It holds for the whole process for a moment, so it is above
    /// what any other test writes. The checkpoint is mostly a hole, so this test writes nothing of that size either.
    @Test("beyond the limit on file sizes fails with a clear error and leaves nothing")
    func fileSizeLimit() throws {
        let folder = try TemporaryFolder()
        let path = try holeyCheckpoint(embeddingBytes: 1100 << 20, in: folder)
        signal(SIGXFSZ, SIG_IGN)
        var saved = rlimit()
        #expect(getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &saved) == 0)
        var low = saved
        low.rlim_cur = 1 << 30
        setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &low)
        defer { setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &saved) }
        let error = checkpointError { try PackedImage.pack(GGUFFile(path: path), to: folder.file("m.pronk")) }
        #expect(error?.code == .diskFull)
        #expect(error?.message.contains("ulimit -f") == true)
        #expect(try folder.names() == ["m.gguf"])
    }

    /// A sound model whose embedding is `embeddingBytes` of zeros that take no room on disk.
    private func holeyCheckpoint(embeddingBytes: Int, in folder: TemporaryFolder) throws -> String {
        var model = TinyModel(type: 8)
        model.layerCount = 1
        model.hiddenSize = 2048
        model.kvHeadCount = 1
        var builder = model.builder()
        let rows = embeddingBytes / model.hiddenSize / 4
        builder.set("tokenizer.ggml.tokens", .strings((0..<rows).map { "t\($0)" }))
        builder.set("tokenizer.ggml.token_type", nil)
        builder.set("tokenizer.ggml.merges", .strings([]))
        builder.tensors.removeFirst()
        let end = UInt64(builder.tensors.reduce(0) { $0 + ($1.bytes.count + 31) / 32 * 32 })
        builder.tensors.append(
            .init(
                name: "token_embd.weight", type: 0, shape: [UInt64(model.hiddenSize), UInt64(rows)], bytes: [],
                offset: end))
        let bytes = builder.build()
        let path = try folder.write(bytes, to: "m.gguf")
        #expect(truncate(path, bytes.count + embeddingBytes) == 0)
        return path
    }
}

/// A small file system in memory, for as long as a test needs it.
private final class TinyDisk {
    let folder: TemporaryFolder

    static var isAvailable: Bool {
        guard geteuid() == 0, let disk = try? TinyDisk(byteCount: 65_536) else { return false }
        return withExtendedLifetime(disk) { true }
    }

    init(byteCount: Int) throws {
        folder = try TemporaryFolder()
        try #require(mount("tmpfs", folder.path, "tmpfs", 0, "size=\(byteCount)") == 0)
    }

    deinit { umount2(folder.path, Int32(MNT_DETACH)) }
}
