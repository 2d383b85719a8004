import Checkpoints
import FoundationEssentials
import TestSupport
import Testing

@Suite("The model store")
struct ModelStoreTests {
    let folder: TemporaryFolder
    let store: ModelStore

    init() throws {
        folder = try TemporaryFolder()
        store = try ModelStore(directory: folder.file("data/models"))
    }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: store.directory).sorted()
    }

    private func setTime(_ seconds: TimeInterval, of path: String) throws {
        let date = Date(timeIntervalSince1970: seconds)
        try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
    }

    @Test("packs a checkpoint once and finds it by name")
    func add() throws {
        let path = try folder.write(TinyModel().build(), to: "Tiny Llama.Q4_0.gguf")
        var calls = 0
        let added = try store.add(path: path) { _ in calls += 1 }
        #expect(calls > 0)
        #expect(added.modelName == "Tiny-Llama.Q4_0")
        calls = 0
        let again = try store.add(path: path) { _ in calls += 1 }
        let found = try store.find("Tiny-Llama.Q4_0") { _ in calls += 1 }
        #expect(calls == 0, "nothing is packed twice")
        #expect(again.digest == added.digest && found.digest == added.digest)
        #expect(try names() == ["Tiny-Llama.Q4_0.pronk"])
        #expect(try store.list().map(\.name) == ["Tiny-Llama.Q4_0"])
    }

    @Test("takes the name from the model when the file's says nothing, or from the caller")
    func naming() throws {
        let path = try folder.write(TinyModel().build(), to: "model.gguf")
        #expect(try store.add(path: path).modelName == "Tiny")
        #expect(try store.add(path: path, name: "other").modelName == "other")
        for bad in ["", "../up", ".hidden", "a b", "a/b"] {
            #expect(checkpointError { _ = try store.add(path: path, name: bad) }?.code == .unknownModel, "\(bad)")
        }
    }

    @Test("finds images and checkpoints by path")
    func paths() throws {
        let path = try folder.write(TinyModel().build(), to: "a.gguf")
        let packed = try store.find(path)
        #expect(packed.modelName == "a")
        #expect(try store.find(packed.path).digest == packed.digest)
    }

    @Test("names the known models when asked for an unknown one")
    func unknown() throws {
        let empty = checkpointError { _ = try store.find("nothing") }
        #expect(empty?.code == .unknownModel)
        #expect(empty?.message.contains("pronk model add") == true)
        _ = try store.add(path: folder.write(TinyModel().build(), to: "a.gguf"))
        _ = try store.add(path: folder.write(TinyModel().build(), to: "b.gguf"))
        let error = checkpointError { _ = try store.find("nothing") }
        #expect(error?.message.contains("a, b") == true)
        #expect(checkpointError { _ = try store.find("./missing.gguf") }?.code == .unreadable)
    }

    @Test("packs again when the source's content has changed, and not when only its time has")
    func changedSource() throws {
        let path = try folder.write(TinyModel(type: 2, seed: 1).build(), to: "m.gguf")
        try setTime(1_000_000, of: path)
        let first = try store.add(path: path)
        try setTime(2_000_000, of: path)
        var calls = 0
        #expect(try store.find("m") { _ in calls += 1 }.digest == first.digest)
        #expect(calls == 0)
        _ = try folder.write(TinyModel(type: 2, seed: 2).build(), to: "m.gguf")
        try setTime(3_000_000, of: path)
        let second = try store.find("m") { _ in calls += 1 }
        #expect(calls > 0)
        #expect(second.digest != first.digest)
        #expect(throws: Never.self) { try second.verify() }
    }

    @Test("packs again when the layout is older, and serves images whose source is gone")
    func outdated() throws {
        let path = try folder.write(TinyModel().build(), to: "m.gguf")
        let image = try store.add(path: path)
        var bytes = Array(try Data(contentsOf: URL(filePath: image.path)))
        bytes[8] = 0
        try Data(bytes).write(to: URL(filePath: image.path))
        let listed = try #require(try store.list().first)
        #expect(throws: CheckpointError.self) { try listed.image.get() }
        #expect(try store.find("m").digest == image.digest)
        try FileManager.default.removeItem(atPath: path)
        #expect(try store.find("m").digest == image.digest)
        try Data(bytes).write(to: URL(filePath: image.path))
        #expect(checkpointError { _ = try store.find("m") }?.code == .outdatedImage)
    }

    @Test("keeps a name for the checkpoint that has it")
    func nameTaken() throws {
        let one = try folder.write(TinyModel(type: 2, seed: 1).build(), to: "one.gguf")
        let copy = try folder.write(TinyModel(type: 2, seed: 1).build(), to: "copy.gguf")
        let two = try folder.write(TinyModel(type: 2, seed: 2).build(), to: "two.gguf")
        let image = try store.add(path: one, name: "m")
        #expect(try store.add(path: copy, name: "m").digest == image.digest)
        let error = checkpointError { _ = try store.add(path: two, name: "m") }
        #expect(error?.code == .nameTaken)
        #expect(error?.message.contains("one.gguf") == true)
    }

    @Test("refuses a bad checkpoint and leaves nothing behind")
    func badCheckpoint() throws {
        let path = try folder.write(Array(TinyModel().build().dropLast(5000)), to: "bad.gguf")
        #expect(checkpointError { _ = try store.add(path: path) }?.code == .truncated)
        #expect(try names() == [])
    }
}
