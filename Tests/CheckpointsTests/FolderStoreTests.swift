import CKernels
import Checkpoints
import FoundationEssentials
import TestSupport
import Testing

@Suite("The model store with folders")
struct FolderStoreTests {
    let folder: TemporaryFolder
    let store: ModelStore

    init() throws {
        folder = try TemporaryFolder()
        store = try ModelStore(directory: folder.file("data/models"))
    }

    @Test("packs a folder once, by its name, and sums it up before as after")
    func add() throws {
        let path = folder.file("Tiny Llama-GPTQ")
        try TinyFolder.gptq().write(to: path, files: 2)
        let before = try ModelSummary(CheckpointReader.open(path))
        var calls = 0
        let image = try store.add(path: path + "/") { _ in calls += 1 }
        #expect(calls > 0 && image.modelName == "Tiny-Llama-GPTQ")
        calls = 0
        #expect(try store.find("Tiny-Llama-GPTQ") { _ in calls += 1 }.digest == image.digest)
        #expect(try store.find(path) { _ in calls += 1 }.digest == image.digest)
        #expect(calls == 0, "nothing is packed twice")
        let after = ModelSummary(image)
        #expect(after.quantization == before.quantization && after.parameterCount == before.parameterCount)
        #expect(store.sourcePath(of: "Tiny-Llama-GPTQ") == path)
        #expect(throws: Never.self) { try image.verify() }
    }

    @Test("names a model of Hugging Face's cache after its repository")
    func cache() throws {
        let path = folder.file("hub/models--maker--Llama-Tiny--v2/snapshots/0123abcd")
        try TinyFolder().write(to: path)
        #expect(try store.add(path: path).modelName == "Llama-Tiny--v2")
    }

    @Test("has a digest that depends on the content alone, not on the number of files")
    func digest() throws {
        let paths = [folder.file("a"), folder.file("b"), folder.file("c")]
        try TinyFolder().write(to: paths[0])
        try TinyFolder().write(to: paths[1], files: 3)
        try TinyFolder(seed: 2).write(to: paths[2])
        let digests = try paths.map { try store.add(path: $0).digest }
        #expect(digests[0] == digests[1] && digests[0] != digests[2])
    }

    @Test(
        "packs again when any file has changed or a new one has come, and not when only times have",
        arguments: [
            "model-2-of-2.safetensors", "model.safetensors", "config.json", "tokenizer_config.json",
            "generation_config.json",
        ])
    func changes(name: String) throws {
        let path = folder.file("m"), file = "\(path)/\(name)"
        try TinyFolder().write(to: path, files: 2)
        let first = try store.add(path: path)
        try setTime(2_000_000, of: "\(path)/model-1-of-2.safetensors")
        var calls = 0
        #expect(try store.find("m") { _ in calls += 1 }.digest == first.digest)
        #expect(calls == 0)
        var other = TinyFolder(seed: 2)
        other.texts["tokenizer_config.json"] = #"{"eos_token":"<|endoftext|>"}"#
        other.texts["generation_config.json"] = #"{"eos_token_id":0,"temperature":0.5,"do_sample":true}"#
        other.configuration["rope_theta"] = "20000"
        for files in 1...2 { try other.write(to: folder.file("other"), files: files) }
        try? FileManager.default.removeItem(atPath: file)
        try FileManager.default.copyItem(atPath: folder.file("other/\(name)"), toPath: file)
        let second = try store.find("m") { _ in calls += 1 }
        #expect(calls > 0 && second.digest != first.digest, "after \(calls) calls")
        #expect(throws: Never.self) { try second.verify() }
    }

    @Test("serves a folder's image when the folder is gone, and refuses a bad folder without a trace")
    func gone() throws {
        let path = folder.file("m")
        try TinyFolder().write(to: path)
        let image = try store.add(path: path)
        try FileManager.default.removeItem(atPath: path)
        #expect(try store.find("m").digest == image.digest)
        var broken = TinyFolder()
        broken.tensors.removeLast()
        try broken.write(to: folder.file("broken"))
        #expect(checkpointError { _ = try store.add(path: folder.file("broken")) }?.code == .missingTensor)
        #expect(try FileManager.default.contentsOfDirectory(atPath: store.directory) == ["m.pronk"])
    }

    @Test("packs the output matrix of a large GPTQ model in 8 bits, and keeps the embedding", arguments: [false, true])
    func head(isTied: Bool) throws {
        var tiny = TinyFolder.gptq()
        let rows = (1 << 24) / 64, path = folder.file("large")
        tiny.configuration["vocab_size"] = "\(rows)"
        tiny.configuration["tie_word_embeddings"] = "\(isTied)"
        if isTied { tiny.tensors.removeAll { $0.name == "lm_head.weight" } }
        for (index, tensor) in tiny.tensors.enumerated() where tensor.shape.first == 265 {
            let missing = rows - 265
            tiny.tensors[index].shape[0] = rows
            tiny.tensors[index].bytes += [UInt8](repeating: 0, count: missing * 64 * 2)
        }
        try tiny.write(to: path)
        let content = try CheckpointReader.open(path).content()
        let image = try store.add(path: path)
        #expect(content.quantization.contains { $0.type.contains("packed as Q8_0") })
        #expect(try image.matrix("token_embd.weight").format == PK_F16)
        let head = try image.matrix("output.weight")
        #expect(head.format == PK_Q8_SYM && head.rows == rows)
        let original = try #require(content.tensors["output.weight"])
        var expected = [Float](repeating: 0, count: 64), packed = expected
        for row in 0..<265 {
            expected.withUnsafeMutableBufferPointer { original.dequantize(row: row, into: $0) }
            let group = head.base + row / PK_ROWS * pk_group_bytes(head.format, head.columns)
            packed.withUnsafeMutableBufferPointer {
                pk_unpack_row(
                    head.format, group.assumingMemoryBound(to: UInt8.self), row % PK_ROWS, head.columns, $0.baseAddress)
            }
            for start in [0, 32] {
                let largest = expected[start..<start + 32].map(abs).max() ?? 0
                for place in start..<start + 32 {
                    #expect(abs(packed[place] - expected[place]) <= largest / 127 * 0.51 + 1e-6)
                }
            }
        }
    }

    private func setTime(_ seconds: TimeInterval, of path: String) throws {
        let date = Date(timeIntervalSince1970: seconds)
        try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
    }
}
